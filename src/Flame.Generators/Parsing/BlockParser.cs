using Flame.Generators.Analysis;
using Flame.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Flame.Generators.Parsing;

/// <summary>A call that hands a block to a pool, to its model; the only reader of its symbols, for generator and analyzer alike.</summary>
internal sealed class BlockParser
{
    private readonly IInvocationOperation _call;
    private readonly SemanticModel _model;
    private readonly CancellationToken _ct;
    private readonly List<Finding> _findings = [];
    private string? _placed;

    private BlockParser(IInvocationOperation call, SemanticModel model, CancellationToken ct) => (_call, _model, _ct) = (call, model, ct);

    public static bool MayBeBlock(SyntaxNode node, CancellationToken ct) =>
        node is InvocationExpressionSyntax { ArgumentList.Arguments.Count: >= 2 } call && BlockNames.MayBe(call);

    public static bool TakesBlock(IMethodSymbol method) =>
        method.ContainingNamespace?.Name == "Flame" && KnownNames.AttributeOf(method.OriginalDefinition, KnownNames.Block) is not null;

    /// <returns><see langword="null"/> where there is no block, or none that can be sent: the analyzer says why.</returns>
    public static BlockSiteModel? Parse(GeneratorSyntaxContext context, CancellationToken ct)
    {
        if (context.SemanticModel.GetOperation(context.Node, ct) is not IInvocationOperation call || !TakesBlock(call.TargetMethod)) return null;
        var result = Parse(call, context.SemanticModel, ct);
        if (result.Findings.Any(f => f.Rule.DefaultSeverity == DiagnosticSeverity.Error) || result.Model is not { } block) return null;
        if (context.SemanticModel.GetInterceptableLocation((InvocationExpressionSyntax)context.Node, ct) is not { } location) return null;
        // In generic code the type argument has no name that generated code could use, so it becomes the type parameter.
        var method = block.OpenResult ? call.TargetMethod.OriginalDefinition : call.TargetMethod;
        var generic = block.OpenResult ? $"<{method.TypeParameters[0].Name}>" : "";
        return new BlockSiteModel(
            block, Display.Type(method.ContainingType), method.Name, generic, Display.Type(method.ReturnType),
            method.Parameters.Where(p => !(method.IsExtensionMethod && p.Ordinal == 0)).Select(p => new DeclaredName(Display.Type(p.Type), p.Name)).ToEquatableArray(),
            location.Version, location.Data, location.GetDisplayLocation());
    }

    public static ParseResult<BlockModel> Parse(IInvocationOperation call, SemanticModel model, CancellationToken ct)
    {
        var parser = new BlockParser(call, model, ct);
        return new ParseResult<BlockModel>(parser.Read(), parser._findings);
    }

    private BlockModel? Read()
    {
        var argument = _call.Arguments.First(a => a.Parameter?.Name == "block");
        if (argument.Value is not IDelegateCreationOperation { Target: var target } created)
        {
            Report(Rules.BlockElsewhere, argument.Value, argument.Value.Syntax.ToString());
            return null;
        }

        var captures = new CaptureRules(_model.Compilation, _findings);
        var keeps = new List<INamedTypeSymbol>();
        if (_model.GetEnclosingSymbol(_call.Syntax.SpanStart, _ct)?.ContainingType is { } home) keeps.Add(home);
        var captured = ReadCaptures(target, captures, keeps);
        var (shape, result, openResult) = ReadResult(created);
        if (captured is null || shape is null || _findings.Any(f => f.Rule.DefaultSeverity == DiagnosticSeverity.Error)) return null;

        var invoke = ((INamedTypeSymbol)created.Type!).DelegateInvokeMethod!;
        var item = ReadItem(invoke, created, openResult || captured.Value.Any(c => c.Kind == CaptureKind.Open));
        if (_findings.Any(f => f.Rule.DefaultSeverity == DiagnosticSeverity.Error)) return null;
        var name = BlockNames.Of((InvocationExpressionSyntax)_call.Syntax, _model, _ct);
        var place = _call.Syntax.GetLocation().GetLineSpan();
        var mark = MarkOf(target);
        return new BlockModel(
            name.Identifier,
            FlameParser.IdOf("block " + name.Signature),
            Shown(target, place),
            PoolOf(),
            mark is not null && FlameParser.Member<bool>(mark, "Idempotent"),
            mark is null ? null : FlameParser.TimeoutOf(mark),
            Display.Type(created.Type!),
            shape.Value,
            invoke.Parameters.Any(p => ParameterParser.IsCancellationToken(p.Type)),
            item,
            _placed,
            invoke.Parameters.Any(p => KnownNames.Is(p.Type, "System.IServiceProvider")),
            result,
            openResult,
            captured.Value,
            keeps.Select(Kept).Distinct().ToEquatableArray());
    }

    // A method has a name; a lambda has only its place.
    private static string Shown(IOperation target, FileLinePositionSpan place) =>
        target is IMethodReferenceOperation { Method: { MethodKind: MethodKind.Ordinary } method }
            ? $"{method.ContainingType.Name}.{method.Name}"
            : $"the block at {Path.GetFileName(place.Path)}:{place.StartLinePosition.Line + 1}";

    // A marked method that is passed as a block keeps what its mark says of calls. So does one whose call is all that a lambda does.
    private static AttributeData? MarkOf(IOperation target)
    {
        var method = target is IMethodReferenceOperation { Method: var passed } ? passed : OnlyCall.Of(target);
        return method is null ? null : KnownNames.AttributeOf(method.OriginalDefinition, KnownNames.Flame);
    }

    private EquatableArray<CaptureModel>? ReadCaptures(IOperation target, CaptureRules rules, List<INamedTypeSymbol> keeps)
    {
        var captures = new BlockCaptures(_model, _ct);
        switch (target)
        {
            case IAnonymousFunctionOperation lambda:
                captures.Read(lambda);
                break;
            case IMethodReferenceOperation { Method: { MethodKind: MethodKind.LocalFunction } function }:
                captures.AddFunction(function);
                break;
            case IMethodReferenceOperation { Method: { IsStatic: true } method }:
                keeps.Add(method.ContainingType);
                break;
            case IMethodReferenceOperation { Method: { IsVirtual: false, IsAbstract: false, IsOverride: false } method, Instance: { Type: { } receiver } instance }:
                keeps.Add(method.ContainingType);
                return rules.Receiver(method, receiver, instance);
            default:
                Report(Rules.BlockElsewhere, target, target.Syntax.ToString());
                return null;
        }

        if (captures.GeneratedForm is { } form) Report(Rules.BlockForm, form, form.Syntax.ToString());
        var models = rules.Read(captures);

        // Nobody waits for a cast: what it borrowed could be gone. And generic code has no codec for what crosses.
        if (models.Any(m => m.Kind == CaptureKind.Live) && (_call.TargetMethod.Name == "CastAsync" || models.Any(m => m.Kind == CaptureKind.Open)))
            Report(Rules.BlockBorrows, target, models.First(m => m.Kind == CaptureKind.Live).Live!.Name);
        return models;
    }

    private BlockShape? ReadPlaced(ITypeSymbol type, IOperation block, ReturnShape? shape)
    {
        if (KnownNames.AttributeOf(type, KnownNames.FlameObject) is null)
        {
            Report(Rules.NotPlaceable, block, Display.Short(type));
            return null;
        }

        _placed = Display.Unannotated(type);
        return shape == ReturnShape.TaskOf ? BlockShape.TaskOf : BlockShape.Value;
    }

    private PayloadModel? ReadItem(IMethodSymbol invoke, IOperation block, bool isOpen)
    {
        if (invoke.Parameters.FirstOrDefault(p => !ParameterParser.IsCancellationToken(p.Type))?.Type is not { } type || _placed is not null) return null;
        if (isOpen || OpenTypes.Has(type))
        {
            Report(Rules.OpenMapping, block);
            return null;
        }

        var rules = new PayloadRules();
        if (rules.Read(type, "item") is { } payload)
        {
            if (!Visibility.CanBeNamed(type, _model.Compilation)) Report(Rules.BlockType, block, Display.Short(type));
            return payload;
        }

        _findings.Add(rules.Obstacle!.ToFinding(Rules.ArgumentNotSerializable, block.Syntax.GetLocation(), "the block"));
        return null;
    }

    private (BlockShape? Shape, PayloadModel? Result, bool IsOpen) ReadResult(IDelegateCreationOperation created)
    {
        var returned = ((INamedTypeSymbol)created.Type!).DelegateInvokeMethod!.ReturnType;
        if (returned.SpecialType == SpecialType.System_Void) return (BlockShape.Nothing, null, false);
        var (shape, inner) = ReturnShapes.Of(returned);
        var isMap = _call.TargetMethod.Name == "MapAsync";
        if (shape is ReturnShape.ValueTask or ReturnShape.ValueTaskOf || (shape == ReturnShape.Task && isMap) || (shape == ReturnShape.Stream && _call.TargetMethod.Name != "StreamAsync"))
        {
            Report(Rules.BlockResult, created, Display.Short(returned));
            return (null, null, false);
        }

        if (shape == ReturnShape.Task) return (BlockShape.Task, null, false);
        var rules = new PayloadRules();
        var type = inner ?? returned;
        if (_call.TargetMethod.Name == "PlaceAsync") return (ReadPlaced(type, created, shape), null, false);
        var known = shape switch { ReturnShape.TaskOf => BlockShape.TaskOf, ReturnShape.Stream => BlockShape.Stream, _ => BlockShape.Value };
        if (OpenTypes.Has(type)) return (known, null, true);
        if (rules.Read(type, "result") is { } payload)
        {
            if (!Visibility.CanBeNamed(type, _model.Compilation)) Report(Rules.BlockType, created, Display.Short(type));
            return (known, payload, false);
        }

        _findings.Add(rules.Obstacle!.ToFinding(Rules.ResultNotSerializable, created.Syntax.GetLocation(), "the block"));
        return (null, null, false);
    }

    private string? PoolOf() =>
        _call.Arguments.FirstOrDefault(a => a.Parameter?.Name == "pool")?.Value.ConstantValue is { HasValue: true, Value: string pool } ? pool : null;

    private static KeptType Kept(INamedTypeSymbol type) =>
        new(type.OriginalDefinition.GetDocumentationCommentId()!.Substring(2), type.ContainingAssembly.Name);

    private void Report(DiagnosticDescriptor rule, IOperation place, params object[] arguments) =>
        _findings.Add(new Finding(rule, place.Syntax.GetLocation(), arguments));
}
