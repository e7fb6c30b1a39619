using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flame.CodeFixes;

/// <summary>FLM0402: <c>Videos.Cut</c> as a delegate becomes <c>Videos.Remote.Cut</c>, or <c>Videos.Local.Cut</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class MethodGroupFix : CodeFixProvider
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ["FLM0402"];

    /// <inheritdoc />
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc />
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var ct = context.CancellationToken;
        var root = await context.Document.GetSyntaxRootAsync(ct).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(ct).ConfigureAwait(false);
        if (root?.FindNode(context.Span, getInnermostNodeForTie: true) is not ExpressionSyntax expression || model is null) return;
        if (model.GetSymbolInfo(expression, ct) is var info && (info.Symbol ?? info.CandidateSymbols.FirstOrDefault()) is not IMethodSymbol method) return;

        foreach (var form in new[] { "Remote", "Local" })
        {
            var title = form == "Remote" ? "Run it on the pool" : "Keep it in place";
            context.RegisterCodeFix(
                CodeAction.Create(title, _ => Task.FromResult(Fix(context.Document, root, expression, method, form)), form), context.Diagnostics);
        }
    }

    private static Document Fix(Document document, SyntaxNode root, ExpressionSyntax expression, IMethodSymbol method, string form)
    {
        var (receiver, name) = expression switch
        {
            MemberAccessExpressionSyntax access => (access.Expression, access.Name),
            SimpleNameSyntax simple when method.IsStatic => (SyntaxFactory.IdentifierName(method.ContainingType.Name), simple),
            SimpleNameSyntax simple => (SyntaxFactory.ThisExpression(), simple),
            _ => ((ExpressionSyntax?)null, (SimpleNameSyntax?)null),
        };
        if (receiver is null || name is null) return document;

        var changed = SyntaxFactory.MemberAccessExpression(
            SyntaxKind.SimpleMemberAccessExpression,
            SyntaxFactory.MemberAccessExpression(
                SyntaxKind.SimpleMemberAccessExpression, receiver.WithoutTrivia(), SyntaxFactory.IdentifierName(form)),
            name.WithoutTrivia());
        return document.WithSyntaxRoot(root.ReplaceNode(expression, changed.WithTriviaFrom(expression)));
    }
}
