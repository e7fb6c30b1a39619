using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace Flame.CodeFixes;

/// <summary>FLM0106: makes a virtual method an ordinary one.</summary>
/// <remarks>Nothing is offered for abstract methods and overrides, which their base class or their heirs need.</remarks>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class VirtualMethodFix : CodeFixProvider
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ["FLM0106"];

    /// <inheritdoc />
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc />
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span).FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } method) return;
        if (!method.Modifiers.Any(SyntaxKind.VirtualKeyword)) return;
        context.RegisterCodeFix(
            CodeAction.Create("Make it not virtual", ct => FixAsync(context.Document, method, ct), nameof(VirtualMethodFix)), context.Diagnostics);
    }

    private static async Task<Document> FixAsync(Document document, MethodDeclarationSyntax method, CancellationToken ct)
    {
        var editor = await DocumentEditor.CreateAsync(document, ct).ConfigureAwait(false);
        editor.SetModifiers(method, editor.Generator.GetModifiers(method).WithIsVirtual(false));
        return editor.GetChangedDocument();
    }
}
