using Microsoft.CodeAnalysis.Formatting;

namespace Flame.CodeFixes;

/// <summary>FLM0101: <c>int M()</c> becomes <c>async Task&lt;int&gt; M()</c>; the body stays as it is.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class ReturnTypeFix() : FlameCodeFix<MethodDeclarationSyntax>("FLM0101")
{
    internal const string Task = "System.Threading.Tasks.Task";

    private protected override System.Threading.Tasks.Task OfferAsync(CodeFixContext context, SyntaxNode root, MethodDeclarationSyntax node)
    {
        // An iterator has no form that returns one value later.
        if (!node.DescendantNodes().OfType<YieldStatementSyntax>().Any()) Offer(context, "Return a Task", () => Fix(root, node));
        return System.Threading.Tasks.Task.CompletedTask;
    }

    private static SyntaxNode Fix(SyntaxNode root, MethodDeclarationSyntax method)
    {
        var isVoid = method.ReturnType is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword };
        var type = FullNames.Type(isVoid ? Task : $"{Task}<{method.ReturnType.WithoutTrivia()}>");
        var changed = method.WithReturnType(type.WithTriviaFrom(method.ReturnType));
        if (!method.Modifiers.Any(SyntaxKind.AsyncKeyword))
            changed = changed.AddModifiers(SyntaxFactory.Token(SyntaxKind.AsyncKeyword).WithTrailingTrivia(SyntaxFactory.Space));
        return root.ReplaceNode(method, changed.WithAdditionalAnnotations(Formatter.Annotation));
    }
}
