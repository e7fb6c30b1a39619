using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flame.CodeFixes;

/// <summary>FLM0102: a parameter that is only read by reference is passed by value, and a span as an array.</summary>
/// <remarks>Nothing is offered for <c>ref</c> and <c>out</c>: what the method writes there would be lost without a word.</remarks>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class ParameterFix : CodeFixProvider
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ["FLM0102"];

    /// <inheritdoc />
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc />
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span).FirstAncestorOrSelf<ParameterSyntax>() is not { Type: { } type } parameter) return;
        if (parameter.Modifiers.Any(SyntaxKind.InKeyword) || parameter.Modifiers.Any(SyntaxKind.ReadOnlyKeyword))
            Offer("Pass it by value", parameter.WithModifiers([]).WithLeadingTrivia(parameter.GetLeadingTrivia()));
        else if (type is GenericNameSyntax { Identifier.ValueText: "ReadOnlySpan", TypeArgumentList.Arguments: { Count: 1 } elements })
            Offer("Pass an array", parameter.WithModifiers([]).WithType(ArrayOf(elements[0]).WithTriviaFrom(type)).WithLeadingTrivia(parameter.GetLeadingTrivia()));

        void Offer(string title, ParameterSyntax changed) => context.RegisterCodeFix(
            CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(parameter, changed))), title), context.Diagnostics);
    }

    private static ArrayTypeSyntax ArrayOf(TypeSyntax element) => SyntaxFactory.ArrayType(
        element, [SyntaxFactory.ArrayRankSpecifier([SyntaxFactory.OmittedArraySizeExpression()])]);
}
