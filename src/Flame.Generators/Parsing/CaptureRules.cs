using Flame.Generators.Analysis;
using Flame.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Flame.Generators.Parsing;

/// <summary>What becomes of each thing that a block captures, and what is said of those that cannot travel.</summary>
internal sealed class CaptureRules(List<Finding> findings)
{
    public EquatableArray<CaptureModel> Read(BlockCaptures captures)
    {
        var models = new List<CaptureModel>();
        var whole = captures.WholeThis is { } use ? ReadThis(use) : null;
        if (whole is not null) models.Add(whole);
        foreach (var capture in captures.Found)
        {
            if (capture.Write is { } write) findings.Add(new Finding(Rules.BlockWrites, write.Syntax.GetLocation(), capture.Name));
            var member = capture.Place.StartsWith("this.", StringComparison.Ordinal);
            if (member && captures.WholeThis is not null) continue;
            if (member && IsAbstractThis(capture)) continue;
            if (ReadOne(capture) is { } model) models.Add(model);
        }

        return models.ToEquatableArray();
    }

    /// <summary>The receiver of a method that is handed over by its name.</summary>
    public EquatableArray<CaptureModel> Receiver(IMethodSymbol method, ITypeSymbol receiver, IOperation place)
    {
        // The receiver of a marked method comes from the executor's container, as it does in every call of it.
        if (KnownNames.IsMarked(method))
            return new[] { new CaptureModel("this", Display.Unannotated(receiver), CaptureKind.Service, null) }.ToEquatableArray();
        return ReadPayload("this", place.Syntax.ToString(), receiver, place) is { } model
            ? new[] { model }.ToEquatableArray() : EquatableArray<CaptureModel>.Empty;
    }

    private CaptureModel? ReadThis(IOperation use)
    {
        var rules = new PayloadRules();
        if (use.Type is { } type && rules.Read(type, "this") is { } payload) return new CaptureModel("this", Display.Unannotated(type), CaptureKind.Payload, payload);
        var shown = use.Parent is { } parent && parent.Syntax.ToString() is { Length: < 60 } text ? text : "this";
        findings.Add(new Finding(Rules.BlockThis, use.Parent?.Syntax.GetLocation() ?? use.Syntax.GetLocation(), shown, Display.Short(use.Type!)));
        return null;
    }

    // Only its fields travel, and on the other side they need an object to be in.
    private bool IsAbstractThis(Capture capture)
    {
        if (capture.Use.SemanticModel?.GetEnclosingSymbol(capture.Use.Syntax.SpanStart)?.ContainingType is not { IsAbstract: true, IsStatic: false } type) return false;
        findings.Add(new Finding(Rules.BlockThis, capture.Use.Syntax.GetLocation(), capture.Name, Display.Short(type)));
        return true;
    }

    private CaptureModel? ReadOne(Capture capture)
    {
        var type = capture.Type;
        if (ParameterParser.IsCancellationToken(type)) return Made(capture, CaptureKind.Token);
        if (KnownNames.Is(type, KnownNames.FlamePools) || KnownNames.Is(type, KnownNames.FlameCaller)) return Made(capture, CaptureKind.Flame);
        if (type is INamedTypeSymbol named && KnownNames.Is(named.OriginalDefinition, KnownNames.LoggerOf)) return Made(capture, CaptureKind.Service);
        return ReadPayload(capture.Place, capture.Name, type, capture.Use);
    }

    private CaptureModel? ReadPayload(string place, string name, ITypeSymbol type, IOperation use)
    {
        if (OpenTypes.Has(type)) return new CaptureModel(place, "object?", CaptureKind.Open, null);
        var rules = new PayloadRules();
        if (rules.Read(type, name) is not { } payload)
        {
            findings.Add(rules.Obstacle!.ToFinding(Rules.CaptureNotSerializable, use.Syntax.GetLocation()));
            return null;
        }

        if (!Visibility.IsReachableType(type))
        {
            findings.Add(new Finding(Rules.BlockType, use.Syntax.GetLocation(), Display.Short(type)));
            return null;
        }

        return new CaptureModel(place, payload.Declared, CaptureKind.Payload, payload);
    }

    private static CaptureModel Made(Capture capture, CaptureKind kind) => new(capture.Place, Display.Unannotated(capture.Type), kind, null);
}
