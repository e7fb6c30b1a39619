using Flame.Generators.Parsing;

namespace Flame.CodeFixes;

/// <summary>Whether MemoryPack can take a type apart and make it again.</summary>
internal static class PackableShape
{
    public static bool Fits(INamedTypeSymbol type) =>
        type is { TypeKind: TypeKind.Class or TypeKind.Struct, IsAbstract: false, IsStatic: false, IsRefLikeType: false }
        && !PayloadRules.IsPackable(type)
        && !type.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable)
        && IsWrittenHere(type)
        && ConstructorsOf(type).Length <= 1
        && CanBeMadeAgain(type);

    /// <summary>Whether the constructor that MemoryPack uses has a parameter for the member.</summary>
    public static bool IsGivenToConstructor(ISymbol member, INamedTypeSymbol type) =>
        ConstructorsOf(type).Any(constructor => constructor.Parameters.Any(parameter => IsFor(parameter, member)));

    // MemoryPack writes a second part of the type, and reads the members of its bases.
    private static bool IsWrittenHere(INamedTypeSymbol type)
    {
        for (var current = type; current is not null; current = current.ContainingType)
        {
            if (current.IsFileLocal) return false;
        }

        for (var current = type.BaseType; current is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }; current = current.BaseType)
        {
            if (!current.Locations.Any(l => l.IsInSource)) return false;
        }

        return true;
    }

    private static bool CanBeMadeAgain(INamedTypeSymbol type)
    {
        var members = PackableMembers.SentBy(type).Select(m => m.Member).ToArray();
        return members.All(m => IsWritable(m) || IsGivenToConstructor(m, type))
               && ConstructorsOf(type).SelectMany(c => c.Parameters).All(p => members.Any(m => IsFor(p, m)));
    }

    // What a property computes needs no way back; what it keeps does.
    private static bool IsWritable(ISymbol member) => member switch
    {
        IFieldSymbol field => !field.IsReadOnly,
        IPropertySymbol { SetMethod: null } property => !property.ContainingType.GetMembers().OfType<IFieldSymbol>()
            .Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property)),
        _ => true,
    };

    private static bool IsFor(IParameterSymbol parameter, ISymbol member) => parameter.Name.Equals(member.Name, StringComparison.OrdinalIgnoreCase);

    private static IMethodSymbol[] ConstructorsOf(INamedTypeSymbol type) => [.. type.InstanceConstructors.Where(c => !c.IsImplicitlyDeclared)];
}
