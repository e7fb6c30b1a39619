namespace Flame.CodeFixes;

/// <summary>FLM0102: a parameter that is only read by reference is passed by value, and a span as an array.</summary>
/// <remarks>Nothing is offered for <c>ref</c> and <c>out</c>: what the method writes there would be lost without a word.</remarks>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class ParameterFix() : FlameCodeFix<ParameterSyntax>("FLM0102")
{
    private protected override Task OfferAsync(CodeFixContext context, SyntaxNode root, ParameterSyntax node)
    {
        var plain = node.WithModifiers([]);
        if (node.Modifiers.Any(SyntaxKind.InKeyword) || node.Modifiers.Any(SyntaxKind.ReadOnlyKeyword))
            Pass("Pass it by value", plain);
        else if (node.Type is GenericNameSyntax { Identifier.ValueText: "ReadOnlySpan", TypeArgumentList.Arguments: { Count: 1 } elements } span)
            Pass("Pass an array", plain.WithType(ArrayOf(elements[0]).WithTriviaFrom(span)));
        return Task.CompletedTask;

        void Pass(string title, ParameterSyntax changed) =>
            Offer(context, title, () => root.ReplaceNode(node, changed.WithLeadingTrivia(node.GetLeadingTrivia())));
    }

    private static ArrayTypeSyntax ArrayOf(TypeSyntax element) => SyntaxFactory.ArrayType(
        element, [SyntaxFactory.ArrayRankSpecifier([SyntaxFactory.OmittedArraySizeExpression()])]);
}
