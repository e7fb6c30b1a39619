using System.Collections.Immutable;
using Flame.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Flame.Generators.Analysis;

/// <summary>Says what the parser found, and where a call would run in place without a word.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class FlameAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        Rules.ReturnType, Rules.ByReference, Rules.NotYetBridged, Rules.Unreachable, Rules.Generic, Rules.OpenMethod,
        Rules.LocalFunction, Rules.BadTimeout, Rules.IdCollision, Rules.UnknownPool, Rules.Receiver, Rules.SecondToken, Rules.Hook,
        Rules.NotInjectable, Rules.NothingRemote, Rules.BatchForm, Rules.BatchLimits, Rules.ArgumentNotSerializable, Rules.ResultNotSerializable,
        Rules.CaptureNotSerializable, Rules.BlockElsewhere, Rules.BlockWrites, Rules.BlockThis, Rules.BlockType, Rules.BlockResult, Rules.BlockForm, Rules.BlockBorrows, Rules.OpenMapping,
        Rules.PlacedMethod, Rules.NotPlaceable,
        Rules.ExpressionTree, Rules.MethodGroup, Rules.Dynamic, Rules.Crash,
    ];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (start.Compilation.GetTypeByMetadataName(KnownNames.Flame) is null) return;

            var survey = new Survey();
            start.RegisterSymbolAction(c => OnMethod(c, survey), SymbolKind.Method);
            start.RegisterSymbolAction(OnType, SymbolKind.NamedType);
            start.RegisterOperationAction(OnLocalFunction, OperationKind.LocalFunction);
            start.RegisterOperationAction(c => OnCall(c, survey), OperationKind.Invocation);
            start.RegisterOperationAction(OnMethodReference, OperationKind.MethodReference);
            start.RegisterOperationAction(c => survey.AddDynamic((IDynamicInvocationOperation)c.Operation), OperationKind.DynamicInvocation);
            start.RegisterCompilationEndAction(survey.Report);
        });
    }

    private static void OnMethod(SymbolAnalysisContext context, Survey survey)
    {
        var method = (IMethodSymbol)context.Symbol;

        // Both halves of a partial method are symbols of their own; one of them speaks.
        if (method.PartialDefinitionPart is not null) return;

        if (KnownNames.AttributeOf(method, KnownNames.Flame) is not null)
        {
            var result = FlameParser.Parse(method);
            foreach (var finding in result.Findings) context.ReportDiagnostic(finding.ToDiagnostic());
            if (result.Model is { } model) survey.AddMethod(method, model);
        }
        else if (BatchParser.OfUnmarked(method) is { } finding)
        {
            context.ReportDiagnostic(finding.ToDiagnostic());
        }

        foreach (var hook in new[] { KnownNames.Enter, KnownNames.Exit })
        {
            if (KnownNames.AttributeOf(method, hook) is null) continue;
            foreach (var finding in HookParser.Parse(method, hook == KnownNames.Enter).Findings)
                context.ReportDiagnostic(finding.ToDiagnostic());
        }
    }

    private static void OnType(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (KnownNames.AttributeOf(type, KnownNames.FlameObject) is null) return;
        foreach (var finding in PlacedParser.Parse(type).Findings) context.ReportDiagnostic(finding.ToDiagnostic());
    }

    private static void OnLocalFunction(OperationAnalysisContext context)
    {
        var method = ((ILocalFunctionOperation)context.Operation).Symbol;
        if (!KnownNames.IsMarked(method)) return;
        foreach (var finding in FlameParser.Parse(method).Findings) context.ReportDiagnostic(finding.ToDiagnostic());
    }

    private static void OnCall(OperationAnalysisContext context, Survey survey)
    {
        var call = (IInvocationOperation)context.Operation;
        survey.AddPoolDeclaration(call);
        if (BlockParser.TakesBlock(call.TargetMethod))
        {
            var block = BlockParser.Parse(call, call.SemanticModel!, context.CancellationToken);
            foreach (var finding in block.Findings) context.ReportDiagnostic(finding.ToDiagnostic());
            if (block.Model?.Pool is { } pool) survey.AddBlock(pool, call.Syntax.GetLocation());
        }

        foreach (var finding in InjectionParser.Parse(call.TargetMethod, call.Syntax, context.Compilation).Findings) context.ReportDiagnostic(finding.ToDiagnostic());
        if (KnownNames.IsMarked(call.TargetMethod) && IsInExpressionTree(context))
            context.ReportDiagnostic(Diagnostic.Create(Rules.ExpressionTree, call.Syntax.GetLocation(), Display.Short(call.TargetMethod)));
    }

    private static void OnMethodReference(OperationAnalysisContext context)
    {
        var reference = (IMethodReferenceOperation)context.Operation;
        var method = reference.Method;
        if (!KnownNames.IsMarked(method) || reference.Parent is not IDelegateCreationOperation created) return;

        // As a block it is sent.
        if (created.Parent is IArgumentOperation { Parent: IInvocationOperation call } && BlockParser.TakesBlock(call.TargetMethod)) return;

        var receiver = reference.Instance is { IsImplicit: false } instance ? instance.Syntax.ToString() : method.IsStatic ? method.ContainingType.Name : "this";
        context.ReportDiagnostic(Diagnostic.Create(
            Rules.MethodGroup, reference.Syntax.GetLocation(), reference.Syntax.ToString(), $"{receiver}.Remote.{method.Name}"));
    }

    private static bool IsInExpressionTree(OperationAnalysisContext context) =>
        context.Operation.SemanticModel is { } model && ExpressionTrees.Holds(context.Operation.Syntax, model, context.CancellationToken);
}
