using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.Editing;

namespace Flame.CodeFixes;

/// <summary>FLM0106: makes a virtual method an ordinary one.</summary>
/// <remarks>Nothing is offered for abstract methods and overrides, which their base class or their heirs need.</remarks>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class VirtualMethodFix() : FlameCodeFix<MethodDeclarationSyntax>("FLM0106")
{
    private protected override Task OfferAsync(CodeFixContext context, SyntaxNode root, MethodDeclarationSyntax node)
    {
        if (node.Modifiers.Any(SyntaxKind.VirtualKeyword))
            context.RegisterCodeFix(CodeAction.Create("Make it not virtual", ct => FixAsync(context.Document, node, ct), nameof(VirtualMethodFix)), context.Diagnostics);
        return Task.CompletedTask;
    }

    private static async Task<Document> FixAsync(Document document, MethodDeclarationSyntax method, CancellationToken ct)
    {
        var editor = await DocumentEditor.CreateAsync(document, ct).ConfigureAwait(false);
        editor.SetModifiers(method, editor.Generator.GetModifiers(method).WithIsVirtual(false));
        return editor.GetChangedDocument();
    }
}
