using Microsoft.CodeAnalysis;

namespace Flame.Generators.Parsing;

/// <summary>The handful of well-known names; a test asserts that ours match the real types.</summary>
internal static class KnownNames
{
    public const string Flame = "Flame.FlameAttribute";
    public const string Batch = "Flame.FlameBatchAttribute";
    public const string Enter = "Flame.FlameEnterAttribute";
    public const string Exit = "Flame.FlameExitAttribute";
    public const string FromServices = "Flame.FromServicesAttribute";
    public const string MvcFromServices = "Microsoft.AspNetCore.Mvc.FromServicesAttribute";
    public const string Hidden = "Flame.FlameHiddenAttribute";
    public const string Methods = "Flame.CompilerServices.FlameMethodsAttribute";
    public const string FlameCaller = "Flame.FlameCaller";
    public const string FlamePools = "Flame.FlamePools";
    public const string Block = "Flame.CompilerServices.FlameBlockAttribute";
    public const string LoggerOf = "Microsoft.Extensions.Logging.ILogger`1";
    public const string ProxyExtensions = "Microsoft.Extensions.DependencyInjection.FlameProxyExtensions";
    public const string FlameHandle = "Flame.FlameObject`1";
    public const string FlameObject = "Flame.FlameObjectAttribute";
    public const string Generator = "Flame.Generators";
    public const string GeneratedNamespace = "Flame.Generated";
    public const string DefaultPool = "default";
    public const string MemoryPackable = "MemoryPack.MemoryPackableAttribute";
    public const string MemoryPackIgnore = "MemoryPack.MemoryPackIgnoreAttribute";
    public const string MemoryPackInclude = "MemoryPack.MemoryPackIncludeAttribute";
    public const string IMemoryPackable = "MemoryPack.IMemoryPackable`1";

    /// <summary>The name as <c>GetTypeByMetadataName</c> takes it, for types that are not nested.</summary>
    public static string MetadataNameOf(ITypeSymbol type) =>
        type.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() + "." + type.MetadataName : type.MetadataName;

    public static bool Is(ITypeSymbol? type, string metadataName) =>
        type is not null && metadataName.EndsWith(type.MetadataName, StringComparison.Ordinal) && MetadataNameOf(type) == metadataName;

    public static AttributeData? AttributeOf(ISymbol symbol, string metadataName)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            if (Is(attribute.AttributeClass, metadataName)) return attribute;
        }

        return null;
    }

    /// <summary>Whether a method is marked, seen from a call: through its generic and reduced forms.</summary>
    public static bool IsMarked(IMethodSymbol method) => AttributeOf(Unreduced(method), Flame) is not null;

    public static IMethodSymbol Unreduced(IMethodSymbol method)
    {
        var original = (method.ReducedFrom ?? method).OriginalDefinition;
        return original.PartialDefinitionPart ?? original;
    }
}
