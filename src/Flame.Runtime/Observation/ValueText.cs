using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using Flame.Diagnostics;

namespace Flame.Observation;

/// <summary>
/// Values for people: what is plain is shown, a few of many, and of an object no more than its type. What an object says of itself may hold anything, a password
/// among it.
/// </summary>
internal static class ValueText
{
    private const int Longest = 200;
    private const int MostItems = 8;

    private const int Deepest = 2;

    public static string Of(object? value, int depth = 0) => value switch
    {
        null => "null",
        string text => $"\"{Cut(text)}\"",
        char letter => $"'{LogText.Line(letter.ToString())}'",
        ITuple tuple when depth <= Deepest => $"({string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Of(tuple[i], depth + 1)))})",
        IDictionary or ICollection { Count: 0 } => $"{OfType(value.GetType())} of {((ICollection)value).Count}",
        ICollection items when depth <= Deepest => $"[{string.Join(", ", items.Cast<object?>().Take(MostItems).Select(item => Of(item, depth + 1)))}{(items.Count > MostItems ? $", … {items.Count - MostItems} more" : "")}]",
        bool flag => flag ? "true" : "false",
        Uri or Version or Type => Cut(value.ToString()!),
        IFormattable plain when value.GetType().IsEnum || value.GetType().Assembly == typeof(object).Assembly => Cut(plain.ToString(null, CultureInfo.InvariantCulture)),
        _ => $"{{{OfType(value.GetType())}}}",
    };

    public static string OfType(Type type)
    {
        if (type.IsArray) return $"{OfType(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Nullable.GetUnderlyingType(type) is { } inner) return $"{OfType(inner)}?";
        var name = Type.GetTypeCode(type) switch
        {
            _ when type.IsEnum => type.Name,
            TypeCode.Boolean => "bool",
            TypeCode.Byte => "byte",
            TypeCode.SByte => "sbyte",
            TypeCode.Char => "char",
            TypeCode.Decimal => "decimal",
            TypeCode.Double => "double",
            TypeCode.Single => "float",
            TypeCode.Int16 => "short",
            TypeCode.Int32 => "int",
            TypeCode.Int64 => "long",
            TypeCode.UInt16 => "ushort",
            TypeCode.UInt32 => "uint",
            TypeCode.UInt64 => "ulong",
            TypeCode.String => "string",
            _ => type.Name,
        };
        if (!type.IsGenericType) return name;
        var arguments = string.Join(", ", type.GetGenericArguments().Select(OfType));
        return type.IsAssignableTo(typeof(ITuple)) && type.IsValueType ? $"({arguments})" : $"{name.Split('`')[0]}<{arguments}>";
    }

    private static string Cut(string text) => LogText.Line(text.Length > Longest ? $"{text[..Longest]}… ({text.Length - Longest} more)" : text);
}
