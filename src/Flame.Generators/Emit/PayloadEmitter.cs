using Flame.Generators.Model;

namespace Flame.Generators.Emit;

/// <summary>
/// Writes and reads values: straight to the buffer where we know the form, and through MemoryPack's registry of
/// formatters only where we don't, because its first touch costs a cold executor tens of milliseconds.
/// </summary>
internal sealed class PayloadEmitter
{
    private const string Checked = Names.Contract + "CheckedReads.";

    private readonly Dictionary<string, string> _nameOf = new(StringComparer.Ordinal);
    private readonly List<PayloadModel> _shapes = [];

    /// <summary>A statement that writes the value.</summary>
    public string Write(PayloadModel payload, string value) => payload.Kind switch
    {
        PayloadKind.Unmanaged => $"writer.WriteUnmanaged({value});",
        PayloadKind.String => $"writer.WriteString({value});",
        PayloadKind.UnmanagedArray => $"{Names.Contract}LentArrays.Write(ref writer, {value});",
        PayloadKind.BigInteger => $"writer.WriteUnmanagedArray({value}.ToByteArray());",
        PayloadKind.Packable => $"writer.WritePackable<{payload.Type}>({value});",
        PayloadKind.Formatter or PayloadKind.Grid => $"writer.WriteValue<{payload.Type}>({value});",
        PayloadKind.Live => $"{value}.Write(ref writer);",
        _ => $"Write{NameOf(payload)}(ref writer, {value});",
    };

    /// <summary>An expression that reads it.</summary>
    public string Read(PayloadModel payload)
    {
        var sure = payload.Annotated ? "" : "!";
        return payload.Kind switch
        {
            PayloadKind.Unmanaged => $"reader.ReadUnmanaged<{payload.Type}>()",
            PayloadKind.String => $"{Checked}ReadString(ref reader){sure}",
            PayloadKind.UnmanagedArray => $"{Checked}ReadArray<{payload.Parts[0].Type}>(ref reader){sure}",
            PayloadKind.BigInteger => $"new {payload.Type}({Checked}ReadArray<byte>(ref reader)!)",
            PayloadKind.Packable => $"reader.ReadPackable<{payload.Type}>(){sure}",
            PayloadKind.Formatter => $"reader.ReadValue<{payload.Type}>(){sure}",
            PayloadKind.Grid => $"{Checked}ReadGrid<{payload.Type}>(ref reader, {payload.Rank}, {Least(payload.Parts[0])}){sure}",
            PayloadKind.Live => $"{payload.Type}.Read(ref reader)",
            PayloadKind.Nullable or PayloadKind.Tuple => $"Read{NameOf(payload)}(ref reader)",
            _ => $"Read{NameOf(payload)}(ref reader){sure}",
        };
    }

    /// <summary>The methods that the statements and expressions so far have asked for; they may ask for more.</summary>
    public void EmitShapes(SourceWriter w)
    {
        for (var i = 0; i < _shapes.Count; i++)
        {
            var shape = _shapes[i];
            var name = _nameOf[shape.Type];
            w.Gap();
            switch (shape.Kind)
            {
                case PayloadKind.Nullable: EmitNullable(w, shape, name); break;
                case PayloadKind.Tuple: EmitTuple(w, shape, name); break;
                case PayloadKind.Dictionary: EmitDictionary(w, shape, name); break;
                default: EmitSequence(w, shape, name); break;
            }
        }
    }

    private void EmitNullable(SourceWriter w, PayloadModel shape, string name)
    {
        using (w.Block($"private static void Write{name}({Names.Writer}, {shape.Type} value)"))
        {
            w.Lines($$"""
                writer.WriteUnmanaged(value.HasValue);
                if (value is { } some) {{Write(shape.Parts[0], "some")}}
                """);
        }

        w.Lines($"""
            private static {shape.Type} Read{name}({Names.Reader}) =>
                reader.ReadUnmanaged<bool>() ? {Read(shape.Parts[0])} : null;
            """);
    }

    private void EmitTuple(SourceWriter w, PayloadModel shape, string name)
    {
        using (w.Block($"private static void Write{name}({Names.Writer}, in {shape.Type} value)"))
        {
            for (var i = 0; i < shape.Parts.Count; i++) w.Lines(Write(shape.Parts[i], $"value.Item{i + 1}"));
        }

        w.Lines($"""
            private static {shape.Type} Read{name}({Names.Reader}) =>
                ({string.Join(", ", shape.Parts.Select(Read))});
            """);
    }

    private void EmitSequence(SourceWriter w, PayloadModel shape, string name)
    {
        var item = shape.Parts[0];
        var isArray = shape.Kind == PayloadKind.Array;
        EmitWriteItems(w, shape, name, isArray ? "Length" : "Count", Write(item, "item"));
        using (w.Block($"private static {shape.Type}? Read{name}({Names.Reader})"))
        {
            w.Lines($"if (!{Checked}TryReadLength(ref reader, {Least(item)}, out var length)) return null;");
            w.Lines(isArray
                ? $"""
                   var items = global::System.GC.AllocateUninitializedArray<{item.Declared}>(length);
                   for (var i = 0; i < length; i++) items[i] = {Read(item)};
                   return items;
                   """
                : $"""
                   var items = new {shape.Type}(length);
                   for (var i = 0; i < length; i++) items.Add({Read(item)});
                   return items;
                   """);
        }
    }

    private void EmitDictionary(SourceWriter w, PayloadModel shape, string name)
    {
        EmitWriteItems(w, shape, name, "Count", Write(shape.Parts[0], "item.Key") + "\n" + Write(shape.Parts[1], "item.Value"));
        using (w.Block($"private static {shape.Type}? Read{name}({Names.Reader})"))
        {
            w.Lines($"""
                if (!{Checked}TryReadLength(ref reader, {Least(shape.Parts[0])} + {Least(shape.Parts[1])}, out var length)) return null;
                var items = new {shape.Type}(length);
                for (var i = 0; i < length; i++) items.Add({Read(shape.Parts[0])}, {Read(shape.Parts[1])});
                return items;
                """);
        }
    }

    private static void EmitWriteItems(SourceWriter w, PayloadModel shape, string name, string count, string statements)
    {
        using (w.Block($"private static void Write{name}({Names.Writer}, {shape.Type}? value)"))
        {
            using (w.Block("if (value is null)"))
            {
                w.Lines("""
                    writer.WriteNullCollectionHeader();
                    return;
                    """);
            }

            w.Lines($"writer.WriteCollectionHeader(value.{count});");
            using (w.Block("foreach (var item in value)")) w.Lines(statements);
        }
    }

    /// <summary>The bytes that a value has at least: what says how many of them follow is believed only as far as there are bytes.</summary>
    private static string Least(PayloadModel payload) => payload.Kind switch
    {
        PayloadKind.Unmanaged => $"global::System.Runtime.CompilerServices.Unsafe.SizeOf<{payload.Type}>()",
        PayloadKind.Tuple => string.Join(" + ", payload.Parts.Select(Least)),
        PayloadKind.Nullable or PayloadKind.Packable or PayloadKind.Formatter or PayloadKind.Grid or PayloadKind.Live => "1",
        _ => "4",
    };

    private string NameOf(PayloadModel shape)
    {
        if (_nameOf.TryGetValue(shape.Type, out var known)) return known;
        var name = ShapeName.Of(shape);
        var unique = name;
        for (var i = 2; _nameOf.ContainsValue(unique); i++) unique = name + i;
        _nameOf.Add(shape.Type, unique);
        _shapes.Add(shape);
        return unique;
    }
}
