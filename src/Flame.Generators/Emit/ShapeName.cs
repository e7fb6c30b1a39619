using Flame.Generators.Model;

namespace Flame.Generators.Emit;

/// <summary>Names a type in words, for the methods that write and read it: <c>ListOfString</c>.</summary>
internal static class ShapeName
{
    public static string Of(PayloadModel shape) => shape.Kind switch
    {
        PayloadKind.Nullable => "Nullable" + Of(shape.Parts[0]),
        PayloadKind.Array or PayloadKind.UnmanagedArray => "ArrayOf" + Of(shape.Parts[0]),
        PayloadKind.List => "ListOf" + Of(shape.Parts[0]),
        PayloadKind.Dictionary => $"DictionaryOf{Of(shape.Parts[0])}To{Of(shape.Parts[1])}",
        PayloadKind.Tuple => "TupleOf" + string.Join("And", shape.Parts.Select(Of)),
        _ => Simple(shape.Type),
    };

    private static string Simple(string type)
    {
        var end = type.IndexOfAny(['<', '(']);
        var bare = end > 0 ? type.Substring(0, end) : type;
        var name = new string(bare.Substring(bare.LastIndexOf('.') + 1).Where(char.IsLetterOrDigit).ToArray());
        return name.Length == 0 ? "Tuple" : char.ToUpperInvariant(name[0]) + name.Substring(1);
    }
}
