using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Flame.Generators.Parsing;

/// <summary>What keeps a value from being sent, and the member that leads to it.</summary>
internal sealed class Obstacle(string path, ITypeSymbol type)
{
    /// <summary>The property of FLM0201 and FLM0202 with the id of the type that cannot be sent.</summary>
    internal const string TypeId = nameof(TypeId);

    /// <summary>The property with the id of the member, if the value itself is <c>[MemoryPackable]</c>.</summary>
    internal const string MemberId = nameof(MemberId);

    /// <summary>The innermost member of a <c>[MemoryPackable]</c> type on the path.</summary>
    public ISymbol? Member { get; set; }

    /// <summary>Says it, of a method or of the block at the location. The symbols go along as text: they may be declared in another project, where no location can point.</summary>
    public Finding ToFinding(DiagnosticDescriptor rule, Location? location, string? method = null) =>
        new(rule, location, method is null ? [path, Display.Short(type)] : [method, path, Display.Short(type)])
        {
            Properties = ImmutableDictionary<string, string?>.Empty
                .Add(TypeId, type.OriginalDefinition.GetDocumentationCommentId())
                .Add(MemberId, Member?.OriginalDefinition.GetDocumentationCommentId()),
        };
}
