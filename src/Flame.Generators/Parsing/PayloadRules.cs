using Flame.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Flame.Generators.Parsing;

/// <summary>May this type cross the wire, and how; if not, which member is the reason.</summary>
internal sealed class PayloadRules
{
    /// <summary>The first obstacle, its path for example <c>model.Optimizer.Callback</c>.</summary>
    public Obstacle? Obstacle { get; private set; }

    /// <summary>How deep in values we are that MemoryPack writes on its own.</summary>
    public int InsideMemoryPack { get; set; }

    public PayloadModel? Read(ITypeSymbol type, string path)
    {
        var annotated = type.IsReferenceType && type.NullableAnnotation == NullableAnnotation.Annotated;
        PayloadModel? Made(PayloadKind kind, IEnumerable<PayloadModel?>? parts = null, string? formatter = null)
        {
            var known = parts?.ToArray() ?? [];
            return known.Contains(null) ? null : new(Display.Unannotated(type), annotated, kind, known.OfType<PayloadModel>().ToEquatableArray(), formatter);
        }

        if (type.SpecialType == SpecialType.System_String) return Made(PayloadKind.String);
        if (type is IArrayTypeSymbol array) return ReadArray(array, path, Made);
        if (type is not INamedTypeSymbol named || type.TypeKind == TypeKind.Error) return Refuse(type, path);
        if (named.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
            return Made(PayloadKind.Nullable, [Read(named.TypeArguments[0], path)], Create("Nullable", named.TypeArguments));
        if (named.IsUnmanagedType && !named.IsRefLikeType)
            return Made(PayloadKind.Unmanaged, null, IsBuiltIn(named) ? null : Create("Unmanaged", [named]));
        if (KnownNames.Is(named, "System.Numerics.BigInteger"))
            return InsideMemoryPack > 0 ? Refuse(type, path) : Made(PayloadKind.BigInteger);
        if (named.IsTupleType) return ReadTuple(named, path, Made);
        if (IsPackable(named)) return ReadPackable(named, path, Made);
        return ReadKnown(named, path, Made);
    }

    private delegate PayloadModel? Maker(PayloadKind kind, IEnumerable<PayloadModel?>? parts = null, string? formatter = null);

    private PayloadModel? ReadArray(IArrayTypeSymbol array, string path, Maker made)
    {
        var element = Read(array.ElementType, path + "[]");
        if (array.Rank > 1)
        {
            return KnownFormatters.OfRank(array.Rank) is { } formatter
                ? made(PayloadKind.Grid, [element], Create(formatter, [array.ElementType])) is { } grid ? grid with { Rank = array.Rank } : null
                : Refuse(array, path);
        }

        return element is { Kind: PayloadKind.Unmanaged }
            ? made(PayloadKind.UnmanagedArray, [element], Create("UnmanagedArray", [array.ElementType]))
            : made(PayloadKind.Array, [element], Create("Array", [array.ElementType]));
    }

    private PayloadModel? ReadTuple(INamedTypeSymbol tuple, string path, Maker made)
    {
        var parts = tuple.TupleElements.Select(e => Read(e.Type, $"{path}.{e.Name}")).ToArray();

        // A longer tuple is written item by item where it stands alone, but MemoryPack has no formatter for it inside others.
        var formatter = parts.Length <= 7 ? Create("ValueTuple", tuple.TupleElements.Select(e => e.Type)) : null;
        return made(PayloadKind.Tuple, parts, formatter);
    }

    private PayloadModel? ReadPackable(INamedTypeSymbol type, string path, Maker made)
    {
        if (new PackableMembers(this).FindObstacle(type, path)) return null;
        var parts = type.TypeArguments.Select(a => Read(a, path)).ToArray();
        return made(HasOwnFormat(type) ? PayloadKind.Packable : PayloadKind.Formatter, parts, Display.Unannotated(type));
    }

    private PayloadModel? ReadKnown(INamedTypeSymbol type, string path, Maker made)
    {
        var name = KnownNames.MetadataNameOf(type.OriginalDefinition);
        if (KnownFormatters.Plain.Contains(name)) return made(PayloadKind.Formatter);
        if (!KnownFormatters.Generics.TryGetValue(name, out var formatter)) return Refuse(type, path);

        var kind = formatter switch
        {
            "List" => PayloadKind.List,
            "Dictionary" => PayloadKind.Dictionary,
            _ => PayloadKind.Formatter,
        };
        if (kind == PayloadKind.Formatter) InsideMemoryPack++;
        var parts = type.TypeArguments.Select(a => Read(a, path + "[]")).ToArray();
        if (kind == PayloadKind.Formatter) InsideMemoryPack--;
        return made(kind, parts, Create(formatter, type.TypeArguments));
    }

    private PayloadModel? Refuse(ITypeSymbol type, string path)
    {
        Obstacle ??= new Obstacle(path, type);
        return null;
    }

    public static bool IsPackable(INamedTypeSymbol type) =>
        KnownNames.AttributeOf(type.OriginalDefinition, KnownNames.MemoryPackable) is not null
        || type.AllInterfaces.Any(i => KnownNames.Is(i.OriginalDefinition, KnownNames.IMemoryPackable));

    // MemoryPack gives a union and a collection a formatter, but no IMemoryPackable<T>.
    private static bool HasOwnFormat(INamedTypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Interface || type.IsAbstract) return false;
        const int collection = 3;
        return KnownNames.AttributeOf(type.OriginalDefinition, KnownNames.MemoryPackable) is not { } attribute
               || !attribute.ConstructorArguments.Any(a => a.Value is collection);
    }

    private static bool IsBuiltIn(INamedTypeSymbol type) =>
        type.SpecialType != SpecialType.None
        || (type is { TypeKind: TypeKind.Struct, IsTupleType: false, ContainingNamespace.Name: "System" or "Numerics" or "Text" });

    private static string Create(string formatter, IEnumerable<ITypeSymbol> arguments) =>
        KnownFormatters.Create(formatter, string.Join(", ", arguments.Select(Display.Unannotated)));
}
