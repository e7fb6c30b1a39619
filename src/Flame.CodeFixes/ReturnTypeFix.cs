using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;

namespace Flame.CodeFixes;

/// <summary>FLM0101: <c>int M()</c> becomes <c>async Task&lt;int&gt; M()</c>; the body stays as it is.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class ReturnTypeFix : CodeFixProvider
{
    private const string Task = "global::System.Threading.Tasks.Task";

    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ["FLM0101"];

    /// <inheritdoc />
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc />
    public override async System.Threading.Tasks.Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span).FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } method) return;

        // An iterator has no form that returns one value later.
        if (method.DescendantNodes().OfType<YieldStatementSyntax>().Any()) return;
        context.RegisterCodeFix(
            CodeAction.Create("Return a Task", _ => System.Threading.Tasks.Task.FromResult(Fix(context.Document, root, method)), nameof(ReturnTypeFix)),
            context.Diagnostics);
    }

    private static Document Fix(Document document, SyntaxNode root, MethodDeclarationSyntax method)
    {
        var isVoid = method.ReturnType is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword };
        var type = SyntaxFactory.ParseTypeName(isVoid ? Task : $"{Task}<{method.ReturnType.WithoutTrivia()}>")
            .WithTriviaFrom(method.ReturnType)
            .WithAdditionalAnnotations(Simplifier.Annotation);
        var changed = method.WithReturnType(type);
        if (!method.Modifiers.Any(SyntaxKind.AsyncKeyword))
            changed = changed.AddModifiers(SyntaxFactory.Token(SyntaxKind.AsyncKeyword).WithTrailingTrivia(SyntaxFactory.Space));
        return document.WithSyntaxRoot(root.ReplaceNode(method, changed.WithAdditionalAnnotations(Formatter.Annotation)));
    }
}
