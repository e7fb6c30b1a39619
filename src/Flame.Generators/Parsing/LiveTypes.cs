using Flame.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Flame.Generators.Parsing;

/// <summary>The types whose objects stay with the caller: what they give or take crosses, one by one.</summary>
internal static class LiveTypes
{
    private static readonly string[] NotYetBridged =
    [
        "System.IO.Stream",
        "System.IO.Pipelines.PipeReader", "System.IO.Pipelines.PipeWriter", "System.Threading.Channels.ChannelReader`1",
        "System.Threading.Channels.ChannelWriter`1", "System.Threading.Channels.Channel`1", "System.Threading.Channels.Channel`2",
    ];

    /// <returns><see langword="null"/> for any other type; a stream has no element.</returns>
    public static (ParameterRole Role, ITypeSymbol? Element)? Of(ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol named) return null;
        return KnownNames.MetadataNameOf(named.OriginalDefinition) switch
        {
            "System.IO.Stream" => (ParameterRole.Stream, null),
            "System.IProgress`1" => (ParameterRole.Progress, named.TypeArguments[0]),
            "System.Collections.Generic.IAsyncEnumerable`1" => (ParameterRole.Items, named.TypeArguments[0]),
            _ => null,
        };
    }

    /// <summary>Live, and not to be bridged as what it is.</summary>
    public static bool IsNotYetBridged(ITypeSymbol type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (NotYetBridged.Contains(KnownNames.MetadataNameOf(current.OriginalDefinition))) return true;
        }

        return false;
    }
}
