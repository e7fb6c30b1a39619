using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace Flame.CodeFixes;

/// <summary>FLM0104: makes the method, and every hidden type around it, internal.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class VisibilityFix : CodeFixProvider
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ["FLM0104"];

    /// <inheritdoc />
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc />
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span).FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } method) return;
        context.RegisterCodeFix(
            CodeAction.Create("Make it internal", ct => FixAsync(context.Document, method, ct), nameof(VisibilityFix)), context.Diagnostics);
    }

    private static async Task<Document> FixAsync(Document document, MethodDeclarationSyntax method, CancellationToken ct)
    {
        var editor = await DocumentEditor.CreateAsync(document, ct).ConfigureAwait(false);
        foreach (var member in method.AncestorsAndSelf().OfType<MemberDeclarationSyntax>())
        {
            if (member is BaseNamespaceDeclarationSyntax) continue;
            if (editor.SemanticModel.GetDeclaredSymbol(member, ct) is { } symbol && IsHidden(symbol)) editor.SetAccessibility(member, Accessibility.Internal);
        }

        return editor.GetChangedDocument();
    }

    // A file-local type cannot be opened by an access modifier.
    private static bool IsHidden(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal;
}
