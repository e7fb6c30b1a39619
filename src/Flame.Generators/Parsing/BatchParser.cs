using Flame.Generators.Analysis;
using Flame.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Flame.Generators.Parsing;

/// <summary>May single items be collected for a marked method, and how.</summary>
internal static class BatchParser
{
    private const int DefaultMax = 32;
    private static readonly TimeSpan DefaultWait = TimeSpan.FromMilliseconds(10);

    public static BatchModel? Read(IMethodSymbol method, PayloadModel? result, IReadOnlyList<ParameterModel> parameters, List<Finding> findings)
    {
        if (KnownNames.AttributeOf(method, KnownNames.Batch) is not { } attribute) return null;

        void Report(DiagnosticDescriptor rule, string reason) =>
            findings.Add(new Finding(rule, method.Locations.FirstOrDefault(), Display.Short(method), reason));

        if (!ReturnsArray(method, result))
            Report(Rules.BatchForm, $"it returns {Display.Short(method.ReturnType)} instead of Task<R[]> or ValueTask<R[]>, a result for each item");
        if (parameters.Count != method.Parameters.Length) return null; // The others are said to be wrong already.
        if (parameters.Count == 0 || parameters[0] is not { Role: ParameterRole.Payload, Payload.Kind: PayloadKind.Array or PayloadKind.UnmanagedArray })
            Report(Rules.BatchForm, "its first parameter is not an array of items");
        foreach (var other in parameters.Skip(1).Where(p => p.Role is not (ParameterRole.Cancellation or ParameterRole.Service)))
            Report(Rules.BatchForm, $"parameter '{other.Name}' would have to be the same for all callers of a batch: make it a part of the items, or mark it [FromServices]");

        var max = FlameParser.Member<int?>(attribute, "Max") ?? DefaultMax;
        if (max < 1) Report(Rules.BatchLimits, $"Max is {max}, and a batch has one item at least");
        var text = FlameParser.Member<string>(attribute, "Wait");
        var wait = text is null ? DefaultWait.Ticks : FlameParser.PositiveTicks(text);
        if (wait is null) Report(Rules.BatchLimits, $"Wait is \"{text}\", and not a positive TimeSpan as hh:mm:ss, for example \"00:00:00.010\"");
        return new BatchModel(max, wait ?? 0);
    }

    /// <summary>What is wrong with the attribute on a method that is not marked otherwise.</summary>
    public static Finding? OfUnmarked(IMethodSymbol method) => KnownNames.AttributeOf(method, KnownNames.Batch) is null
        ? null
        : new Finding(Rules.BatchForm, method.Locations.FirstOrDefault(), Display.Short(method), "it is not marked [Flame]");

    private static bool ReturnsArray(IMethodSymbol method, PayloadModel? result) =>
        ReturnShapes.Of(method.ReturnType).Shape is ReturnShape.TaskOf or ReturnShape.ValueTaskOf
        // One that could not be read is said to be wrong already.
        && result is null or { Annotated: false, Kind: PayloadKind.Array or PayloadKind.UnmanagedArray };
}
