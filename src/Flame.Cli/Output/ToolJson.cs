using System.Text.Json.Serialization;
using Flame.Control;
using Flame.Observation;

namespace Flame.Cli.Output;

/// <summary>What only the tool says, a line each; the rest is as the parent said it.</summary>
internal sealed record ToolAnswer
{
    public ControlError? Error { get; init; }

    public LeftoverView? Leftover { get; init; }

    public RuleView? Rule { get; init; }

    public PricedView? Cost { get; init; }

    public Finding? Finding { get; init; }

    public CallView? Call { get; init; }

    public string? Pool { get; init; }
}

/// <summary>What a dead parent left.</summary>
internal sealed record LeftoverView(string Kind, string Path, int? Process, bool Removed);

/// <summary>What an id means.</summary>
internal sealed record RuleView(string Id, string Title, string Text);

/// <summary>What is spent, and what that is in money.</summary>
internal sealed record PricedView(string Pool, string? Method, string? Tag, long Calls, double Seconds, double? Money, string? Currency);

/// <summary>What executors cost: an hour of one, by pool; <c>*</c> is any other.</summary>
internal sealed record PriceTable(string? Currency, Dictionary<string, double> PerHour);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ToolAnswer))]
[JsonSerializable(typeof(PriceTable))]
internal sealed partial class ToolJson : JsonSerializerContext;
