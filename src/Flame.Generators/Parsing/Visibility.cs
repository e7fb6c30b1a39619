using Microsoft.CodeAnalysis;

namespace Flame.Generators.Parsing;

/// <summary>Who can see a symbol, all types around it considered.</summary>
internal static class Visibility
{
    public static bool IsPublic(ISymbol symbol) => Around(symbol).All(s => s.DeclaredAccessibility == Accessibility.Public);

    /// <summary>Whether generated code of the same assembly can name it.</summary>
    public static bool IsReachable(ISymbol symbol) => Around(symbol).All(s =>
        s.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal
        && s is not INamedTypeSymbol { IsFileLocal: true });

    /// <summary>The same for a type and everything that it is made of.</summary>
    public static bool IsReachableType(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => IsReachableType(array.ElementType),
        INamedTypeSymbol named => IsReachable(named) && named.TypeArguments.All(IsReachableType),
        _ => true,
    };

    private static IEnumerable<ISymbol> Around(ISymbol symbol)
    {
        for (var current = symbol; current is not null; current = current.ContainingType) yield return current;
    }
}
