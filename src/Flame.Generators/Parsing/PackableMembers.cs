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
            return t_visited.Add(type) && SentBy(type).Any(m => IsObstacle(m.Member, m.Type, path));
        }
        finally
        {
            rules.InsideMemoryPack--;
            if (outermost) t_visited = null;
        }
    }

    private bool IsObstacle(ISymbol member, ITypeSymbol type, string path)
    {
        if (rules.Read(type, $"{path}.{member.Name}") is not null || rules.Obstacle is not { } obstacle) return false;
        obstacle.Member ??= member;
        return true;
    }

    private static bool HasPlainMembers(INamedTypeSymbol type) =>
        type.TypeKind is TypeKind.Class or TypeKind.Struct && !type.IsAbstract
        && !type.AllInterfaces.Any(i => KnownNames.Is(i.OriginalDefinition, "System.Collections.Generic.IEnumerable`1"));

    /// <summary>The members that MemoryPack sends, inherited ones included.</summary>
    public static IEnumerable<(ISymbol Member, ITypeSymbol Type)> SentBy(INamedTypeSymbol type)
    {
        for (var current = type; current is { SpecialType: SpecialType.None }; current = current.BaseType)
        {
            foreach (var member in current.GetMembers())
            {
                if (member.IsStatic || member.IsImplicitlyDeclared || !IsSent(member)) continue;
                if (member is IPropertySymbol { IsIndexer: false, GetMethod: not null } property) yield return (property, property.Type);
                if (member is IFieldSymbol field) yield return (field, field.Type);
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
