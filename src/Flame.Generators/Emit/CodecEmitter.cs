using Flame.Generators.Model;

namespace Flame.Generators.Emit;

/// <summary>The tuple of arguments and the result of one method, and what its live arguments give or take, each with its codec.</summary>
internal static class CodecEmitter
{
    public static void EmitArguments(SourceWriter w, (string Name, PayloadModel Payload)[] sent, PayloadEmitter payloads)
    {
        var constructor = string.Join(", ", sent.Select(p => $"{p.Payload.Declared} {p.Name}"));
        w.Gap();
        using (w.Block($"internal readonly struct Arguments{(sent.Length == 0 ? "" : $"({constructor})")} : {Codec("Arguments")}"))
        {
            foreach (var p in sent) w.Lines($"internal readonly {p.Payload.Declared} {p.Name} = {p.Name};");
            w.Gap();
            EmitRegistration(w, "Arguments", sent.Select(p => p.Payload));
            EmitWrite(w, "Arguments", [.. sent.Select(p => payloads.Write(p.Payload, "value." + p.Name))]);
            EmitRead(w, "Arguments", sent.Length == 0 ? "default" : $"new({string.Join(", ", sent.Select(p => payloads.Read(p.Payload)))})");
            var live = sent.Where(p => p.Payload == PayloadModel.OfLive).ToArray();
            if (live.Length > 0)
            {
                w.Gap();
                w.Lines($"public static {PayloadModel.OfLive.Type}[]? Lent(in Arguments value) => [{string.Join(", ", live.Select(p => "value." + p.Name))}];");
            }
        }
    }

    public static void EmitValue(SourceWriter w, string name, PayloadModel value, PayloadEmitter payloads)
    {
        w.Gap();
        using (w.Block($"internal readonly struct {name} : {Codec(value.Declared)}"))
        {
            EmitRegistration(w, name, [value]);
            EmitWrite(w, value.Declared, payloads.Write(value, "value"));
            EmitRead(w, value.Declared, payloads.Read(value));
        }
    }

    private static string Codec(string type) => $"{Names.Contract}IPayloadCodec<{type}>";

    private static void EmitWrite(SourceWriter w, string type, params string[] statements)
    {
        w.Gap();
        using (w.Block($"public static void Write({Names.Writer}, in {type} value)"))
        {
            foreach (var statement in statements) w.Lines(statement);
        }
    }

    private static void EmitRead(SourceWriter w, string type, string expression) =>
        w.Lines($"public static {type} Read({Names.Reader}) => {expression};");

    // In the static constructor of the codec: once, at its first use, and not before.
    private static void EmitRegistration(SourceWriter w, string codec, IEnumerable<PayloadModel> payloads)
    {
        var needed = new List<PayloadModel>();
        var formatted = false;
        foreach (var payload in payloads)
        {
            Collect(payload, needed, false);
            formatted |= HasFormatter(payload);
        }

        if (!formatted) return;

        const string provider = "global::MemoryPack.MemoryPackFormatterProvider";
        w.Gap();
        using (w.Block($"static {codec}()"))
        {
            w.Lines($"{Names.Contract}CheckedReads.GuardFormatters();");
            foreach (var payload in needed)
            {
                var registration = payload.Formatter!.StartsWith("new ", StringComparison.Ordinal)
                    ? $"{provider}.Register({payload.Formatter})"
                    : $"{provider}.Register<{payload.Formatter}>()";
                w.Lines($"if (!{provider}.IsRegistered<{payload.Type}>()) {registration};");
            }
        }
    }

    private static bool HasFormatter(PayloadModel payload) =>
        payload.Kind is PayloadKind.Formatter or PayloadKind.Grid || payload.Parts.Any(HasFormatter);

    private static void Collect(PayloadModel payload, List<PayloadModel> needed, bool inside)
    {
        // What stands inside a value of MemoryPack's own is looked up there; the rest is written by us.
        inside |= payload.Kind is PayloadKind.Formatter or PayloadKind.Grid;
        foreach (var part in payload.Parts) Collect(part, needed, inside || payload.Kind == PayloadKind.Packable);
        if (inside && payload.Formatter is not null && needed.All(n => n.Type != payload.Type)) needed.Add(payload);
    }
}
