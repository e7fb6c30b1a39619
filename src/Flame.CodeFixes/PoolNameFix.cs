using System.Composition;
using Flame.Generators.Analysis;
using Flame.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flame.CodeFixes;

/// <summary>FLM0110: names one of the pools that are declared.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class PoolNameFix() : FlameCodeFix<MethodDeclarationSyntax>("FLM0110")
{
    private protected override async Task OfferAsync(CodeFixContext context, SyntaxNode root, MethodDeclarationSyntax node)
    {
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (model?.GetDeclaredSymbol(node, context.CancellationToken) is not { } method || PoolOf(method) is not { } name || !root.Contains(name)) return;
        if (!context.Diagnostics[0].Properties.TryGetValue(Survey.DeclaredPools, out var pools) || pools is null) return;
        foreach (var pool in pools.Split([Survey.Separator], StringSplitOptions.None))
            Offer(context, $"Use the pool '{pool}'", () => root.ReplaceNode(name, Literal(pool).WithTriviaFrom(name)));
    }

    // A constant may name the pool of other methods too: it is not changed, but this method no longer uses it.
    private static ExpressionSyntax? PoolOf(IMethodSymbol method) =>
        KnownNames.AttributeOf(method, KnownNames.Flame)?.ApplicationSyntaxReference?.GetSyntax() is AttributeSyntax { ArgumentList: { } list }
            ? list.Arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == "Pool")?.Expression
            : null;

    private static LiteralExpressionSyntax Literal(string text) =>
        SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(text));
}
