using System.Collections.Immutable;
using System.Composition;
using Flame.Generators.Analysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flame.CodeFixes;

/// <summary>FLM0110: names one of the pools that are declared.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class PoolNameFix : CodeFixProvider
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ["FLM0110"];

    /// <inheritdoc />
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc />
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span).FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } method || PoolOf(method) is not { } name) return;
        if (!context.Diagnostics[0].Properties.TryGetValue(Survey.DeclaredPools, out var pools) || pools is null) return;
        foreach (var pool in pools.Split([Survey.Separator], StringSplitOptions.None))
        {
            var changed = root.ReplaceNode(name, Literal(pool).WithTriviaFrom(name));
            context.RegisterCodeFix(
                CodeAction.Create($"Use the pool '{pool}'", _ => Task.FromResult(context.Document.WithSyntaxRoot(changed)), $"{nameof(PoolNameFix)} {pool}"),
                context.Diagnostics);
        }
    }

    // A constant may name the pool of other methods too: it is not changed, but this method no longer uses it.
    private static ExpressionSyntax? PoolOf(MethodDeclarationSyntax method) => method.AttributeLists
        .SelectMany(list => list.Attributes)
        .Where(attribute => attribute.Name.ToString() is var name && (name.EndsWith("Flame", StringComparison.Ordinal) || name.EndsWith("FlameAttribute", StringComparison.Ordinal)))
        .SelectMany(attribute => attribute.ArgumentList?.Arguments ?? [])
        .FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == "Pool")?.Expression;

    private static LiteralExpressionSyntax Literal(string text) =>
        SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(text));
}
