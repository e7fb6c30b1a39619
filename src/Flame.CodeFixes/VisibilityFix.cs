using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.Editing;

namespace Flame.CodeFixes;

/// <summary>FLM0104: makes the method, and every hidden type around it, internal.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class VisibilityFix() : FlameCodeFix<MethodDeclarationSyntax>("FLM0104")
{
    private protected override Task OfferAsync(CodeFixContext context, SyntaxNode root, MethodDeclarationSyntax node)
    {
        context.RegisterCodeFix(CodeAction.Create("Make it internal", ct => FixAsync(context.Document, node, ct), nameof(VisibilityFix)), context.Diagnostics);
        return Task.CompletedTask;
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
