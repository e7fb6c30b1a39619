using Flame.Generators.Parsing;
using Microsoft.CodeAnalysis.FindSymbols;

namespace Flame.CodeFixes;

/// <summary>A fix where the reason is declared why a value cannot be sent, which may be in another document or project.</summary>
/// <typeparam name="TSymbol">The kind of reason.</typeparam>
public abstract class ObstacleFix<TSymbol> : FlameCodeFix<SyntaxNode>
    where TSymbol : class, ISymbol
{
    private readonly string _property;

    private protected ObstacleFix(string property) : base("FLM0201", "FLM0202", "FLM0301") => _property = property;

    private protected sealed override async Task OfferAsync(CodeFixContext context, SyntaxNode root, SyntaxNode node)
    {
        var (project, ct) = (context.Document.Project, context.CancellationToken);
        if (!context.Diagnostics[0].Properties.TryGetValue(_property, out var id) || id is null) return;
        if (await project.GetCompilationAsync(ct).ConfigureAwait(false) is not { } compilation) return;
        if (DocumentationCommentId.GetFirstSymbolForDeclarationId(id, compilation) is not { } named) return;
        if (await SymbolFinder.FindSourceDefinitionAsync(named, project.Solution, ct).ConfigureAwait(false) is not TSymbol symbol) return;

        foreach (var reference in symbol.DeclaringSyntaxReferences)
        {
            if (project.Solution.GetDocument(reference.SyntaxTree) is not { } document || !await KnowsAsync(document, ct).ConfigureAwait(false)) continue;
            Offer(context, symbol, document, await reference.GetSyntaxAsync(ct).ConfigureAwait(false));
            return;
        }
    }

    /// <summary>Registers what can be done about the declaration, if anything.</summary>
    private protected abstract void Offer(CodeFixContext context, TSymbol symbol, Document document, SyntaxNode declaration);

    private protected static void OfferAt(CodeFixContext context, string title, Document document, SyntaxNode declaration, Func<SyntaxNode, SyntaxNode> change) =>
        OfferElsewhere(context, title, async ct =>
        {
            var root = await declaration.SyntaxTree.GetRootAsync(ct).ConfigureAwait(false);
            return document.Project.Solution.WithDocumentSyntaxRoot(document.Id, change(root));
        });

    // Another project of the solution may do without MemoryPack.
    private static async Task<bool> KnowsAsync(Document document, CancellationToken ct) =>
        await document.Project.GetCompilationAsync(ct).ConfigureAwait(false) is { } compilation
        && compilation.GetTypeByMetadataName(KnownNames.MemoryPackable) is not null;
}
