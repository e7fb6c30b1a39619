using Microsoft.CodeAnalysis;

namespace Flame.Generators.Parsing;

/// <summary>Types that generic code knows when it runs: type parameters, and what is made of them.</summary>
internal static class OpenTypes
{
    public static bool Has(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol => true,
        IArrayTypeSymbol array => Has(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.Any(Has) || (named.ContainingType is { } outer && Has(outer)),
        _ => false,
    };
}
