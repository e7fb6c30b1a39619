namespace Flame.CodeFixes;

/// <summary>FLM0402: <c>Videos.Cut</c> as a delegate becomes <c>Videos.Remote.Cut</c>, or <c>Videos.Local.Cut</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class MethodGroupFix() : FlameCodeFix<ExpressionSyntax>("FLM0402")
{
    private protected override async Task OfferAsync(CodeFixContext context, SyntaxNode root, ExpressionSyntax node)
    {
        var ct = context.CancellationToken;
        if (await context.Document.GetSemanticModelAsync(ct).ConfigureAwait(false) is not { } model) return;
        if (model.GetSymbolInfo(node, ct) is var info && (info.Symbol ?? info.CandidateSymbols.FirstOrDefault()) is not IMethodSymbol method) return;
        Offer(context, "Run it on the pool", () => Fix(root, node, method, "Remote"));
        Offer(context, "Keep it in place", () => Fix(root, node, method, "Local"));
    }

    private static SyntaxNode Fix(SyntaxNode root, ExpressionSyntax expression, IMethodSymbol method, string form)
    {
        var (receiver, name) = expression switch
        {
            MemberAccessExpressionSyntax access => (access.Expression, access.Name),
            SimpleNameSyntax simple when method.IsStatic => (SyntaxFactory.IdentifierName(method.ContainingType.Name), simple),
            SimpleNameSyntax simple => (SyntaxFactory.ThisExpression(), simple),
            _ => ((ExpressionSyntax?)null, (SimpleNameSyntax?)null),
        };
        if (receiver is null || name is null) return root;

        var changed = SyntaxFactory.MemberAccessExpression(
            SyntaxKind.SimpleMemberAccessExpression,
            SyntaxFactory.MemberAccessExpression(
                SyntaxKind.SimpleMemberAccessExpression, receiver.WithoutTrivia(), SyntaxFactory.IdentifierName(form)),
            name.WithoutTrivia());
        return root.ReplaceNode(expression, changed.WithTriviaFrom(expression));
    }
}
