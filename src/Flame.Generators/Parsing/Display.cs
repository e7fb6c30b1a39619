using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Flame.Generators.Parsing;

/// <summary>Symbols as text.</summary>
internal static class Display
{
    private static readonly SymbolDisplayFormat TypeFormat = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    // Neither annotations nor aliases: the id of a method must not change with either.
    private static readonly SymbolDisplayFormat SignatureFormat = SymbolDisplayFormat.FullyQualifiedFormat
        .WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted)
        .WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.None);

    public static string Type(ITypeSymbol type) => type.ToDisplayString(TypeFormat);

    public static string Unannotated(ITypeSymbol type) =>
        type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToDisplayString(TypeFormat);

    /// <summary>For code without annotations, which agrees with whatever the user has annotated.</summary>
    public static string Oblivious(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    /// <summary>For messages: short names, as in the user's own code.</summary>
    public static string Short(ISymbol symbol) => symbol.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);

    public static string Signature(IMethodSymbol method)
    {
        var parameters = string.Join(", ", method.Parameters.Select(p => p.Type.ToDisplayString(SignatureFormat)));
        return $"{method.ContainingType.ToDisplayString(SignatureFormat)}.{method.Name}({parameters}):{method.ReturnType.ToDisplayString(SignatureFormat)}";
    }

    public static string Identifier(string name) =>
        SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None && SyntaxFacts.GetContextualKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    public static string Declaration(IParameterSymbol parameter) =>
        (parameter.IsParams ? "params " : "") + Type(parameter.Type) + " " + Identifier(parameter.Name)
        + (parameter.HasExplicitDefaultValue ? " = " + Default(parameter) : "");

    private static string Default(IParameterSymbol parameter)
    {
        var value = parameter.ExplicitDefaultValue;
        if (value is null)
        {
            if (!parameter.Type.IsReferenceType) return "default";

            // Code without annotations says null of a type that our own, annotated code takes for never null.
            return parameter.NullableAnnotation == NullableAnnotation.Annotated ? "null" : "null!";
        }

        var type = parameter.Type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
            ? nullable.TypeArguments[0] : parameter.Type;
        var literal = Literal(value);
        return type.TypeKind == TypeKind.Enum ? $"({Unannotated(type)})({literal})" : literal;
    }

    private static string Literal(object value) => value switch
    {
        bool b => b ? "true" : "false",
        string s => SymbolDisplay.FormatLiteral(s, quote: true),
        char c => SymbolDisplay.FormatLiteral(c, quote: true),
        float f when float.IsNaN(f) => "float.NaN",
        float f when float.IsInfinity(f) => f > 0 ? "float.PositiveInfinity" : "float.NegativeInfinity",
        float f => f.ToString("R", CultureInfo.InvariantCulture) + "F",
        double d when double.IsNaN(d) => "double.NaN",
        double d when double.IsInfinity(d) => d > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity",
        double d => d.ToString("R", CultureInfo.InvariantCulture) + "D",
        decimal m => m.ToString(CultureInfo.InvariantCulture) + "M",
        long l => l.ToString(CultureInfo.InvariantCulture) + "L",
        uint u => u.ToString(CultureInfo.InvariantCulture) + "U",
        ulong u => u.ToString(CultureInfo.InvariantCulture) + "UL",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
