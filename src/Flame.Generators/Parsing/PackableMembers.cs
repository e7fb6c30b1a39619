using Microsoft.CodeAnalysis;

namespace Flame.Generators.Parsing;

/// <summary>Looks through the members of a <c>[MemoryPackable]</c> type for one that cannot be sent, and names its path.</summary>
internal sealed class PackableMembers(PayloadRules rules)
{
    [ThreadStatic] private static HashSet<ITypeSymbol>? t_visited;

    public bool FindObstacle(INamedTypeSymbol type, string path)
    {
        // A compiled type has passed its own build; only what is being written now can be wrong.
        if (!type.Locations.Any(l => l.IsInSource) || !HasPlainMembers(type)) return false;

        var outermost = t_visited is null;
        rules.InsideMemoryPack++;
        t_visited ??= new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default);
        try
        {
            return t_visited.Add(type) && MembersOf(type).Any(m => IsObstacle(m.Type, $"{path}.{m.Name}"));
        }
        finally
        {
            rules.InsideMemoryPack--;
            if (outermost) t_visited = null;
        }
    }

    private bool IsObstacle(ITypeSymbol type, string path) => rules.Read(type, path) is null && rules.ObstaclePath is not null;

    private static bool HasPlainMembers(INamedTypeSymbol type) =>
        type.TypeKind is TypeKind.Class or TypeKind.Struct && !type.IsAbstract
        && !type.AllInterfaces.Any(i => KnownNames.Is(i.OriginalDefinition, "System.Collections.Generic.IEnumerable`1"));

    private static IEnumerable<(string Name, ITypeSymbol Type)> MembersOf(INamedTypeSymbol type)
    {
        for (var current = type; current is { SpecialType: SpecialType.None }; current = current.BaseType)
        {
            foreach (var member in current.GetMembers())
            {
                if (member.IsStatic || member.IsImplicitlyDeclared || !IsSent(member)) continue;
                if (member is IPropertySymbol { IsIndexer: false, GetMethod: not null } property) yield return (member.Name, property.Type);
                if (member is IFieldSymbol field) yield return (member.Name, field.Type);
            }
        }
    }

    // A member with a formatter of its own is MemoryPack's business, not ours.
    private static bool IsSent(ISymbol member)
    {
        if (member.GetAttributes().Any(a => a.AttributeClass?.BaseType is { Name: "MemoryPackCustomFormatterAttribute" })) return false;
        return KnownNames.AttributeOf(member, KnownNames.MemoryPackInclude) is not null
               || (member.DeclaredAccessibility == Accessibility.Public && KnownNames.AttributeOf(member, KnownNames.MemoryPackIgnore) is null);
    }
}
