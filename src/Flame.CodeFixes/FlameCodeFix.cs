using System.Collections.Immutable;
using Microsoft.CodeAnalysis.CodeActions;

namespace Flame.CodeFixes;

/// <summary>A fix of one id or two, for the node of a certain kind that the diagnostic stands on.</summary>
/// <typeparam name="TNode">The kind of node.</typeparam>
public abstract class FlameCodeFix<TNode> : CodeFixProvider
    where TNode : SyntaxNode
{
    private protected FlameCodeFix(params string[] ids) => FixableDiagnosticIds = [.. ids];

    /// <inheritdoc />
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; }

    /// <inheritdoc />
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc />
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span, getInnermostNodeForTie: true).FirstAncestorOrSelf<TNode>() is { } node)
            await OfferAsync(context, root, node).ConfigureAwait(false);
    }

    /// <summary>Registers what can be done about the node, if anything.</summary>
    private protected abstract Task OfferAsync(CodeFixContext context, SyntaxNode root, TNode node);

    /// <summary>Registers a change of the document's tree. It is made when somebody chooses it.</summary>
    private protected static void Offer(CodeFixContext context, string title, Func<SyntaxNode> change) => context.RegisterCodeFix(
        CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(change())), title), context.Diagnostics);

    /// <summary>Registers a change of any document.</summary>
    private protected static void OfferElsewhere(CodeFixContext context, string title, Func<CancellationToken, Task<Solution>> change) =>
        context.RegisterCodeFix(CodeAction.Create(title, change, title), context.Diagnostics);
}
