using Flame.Generators.Parsing;

namespace Flame.CodeFixes;

/// <summary>A fix in what <c>[Flame(…)]</c> says of a method.</summary>
public abstract class FlameAttributeFix : FlameCodeFix<MethodDeclarationSyntax>
{
    private protected FlameAttributeFix(string id) : base(id)
    {
    }

    private protected sealed override async Task OfferAsync(CodeFixContext context, SyntaxNode root, MethodDeclarationSyntax node)
    {
        if (await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is not { } model) return;
        if (model.GetDeclaredSymbol(node, context.CancellationToken) is not { } method) return;
        if (KnownNames.AttributeOf(method, KnownNames.Flame)?.ApplicationSyntaxReference is not { } reference) return;
        if (await reference.GetSyntaxAsync(context.CancellationToken).ConfigureAwait(false) is AttributeSyntax attribute && root.Contains(attribute))
            Offer(context, root, attribute, model);
    }

    private protected abstract void Offer(CodeFixContext context, SyntaxNode root, AttributeSyntax attribute, SemanticModel model);

    private protected static AttributeArgumentSyntax? ArgumentOf(AttributeSyntax attribute, string name) =>
        attribute.ArgumentList?.Arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == name);

    // A constant may stand for other methods too: it is not changed, but this method no longer uses it.
    private protected static SyntaxNode Say(SyntaxNode root, AttributeArgumentSyntax argument, string text) =>
        root.ReplaceNode(argument.Expression, Literal(text).WithTriviaFrom(argument.Expression));

    private protected static SyntaxNode Unsay(SyntaxNode root, AttributeArgumentSyntax argument)
    {
        var arguments = (AttributeArgumentListSyntax)argument.Parent!;
        return root.RemoveNode(arguments.Arguments.Count == 1 ? arguments : argument, SyntaxRemoveOptions.KeepNoTrivia)!;
    }

    private protected static LiteralExpressionSyntax Literal(string text) =>
        SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(text));
}
