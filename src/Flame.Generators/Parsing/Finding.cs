using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Flame.Generators.Parsing;

/// <summary>What the parser has to say about a method; only the analyzer passes it on.</summary>
internal sealed class Finding(DiagnosticDescriptor rule, Location? location, params object[] arguments)
{
    public DiagnosticDescriptor Rule { get; } = rule;

    /// <summary>What a code fix needs to know.</summary>
    public ImmutableDictionary<string, string?> Properties { get; init; } = ImmutableDictionary<string, string?>.Empty;

    public Diagnostic ToDiagnostic() => Diagnostic.Create(Rule, location, Properties, arguments);
}

/// <summary>A model, or the reasons why there is none.</summary>
internal readonly struct ParseResult<T>(T? model, IReadOnlyList<Finding> findings) where T : class
{
    public T? Model { get; } = model;

    public IReadOnlyList<Finding> Findings { get; } = findings;
}
