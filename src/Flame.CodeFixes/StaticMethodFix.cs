using Microsoft.CodeAnalysis.FindSymbols;

namespace Flame.CodeFixes;

/// <summary>FLM0111: makes a method of a struct static, and calls it on the type.</summary>
/// <remarks>Nothing is offered for one that needs its instance, by what it does, for an interface, or by how it is called.</remarks>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class StaticMethodFix() : FlameCodeFix<MethodDeclarationSyntax>("FLM0111")
{
    private protected override async Task OfferAsync(CodeFixContext context, SyntaxNode root, MethodDeclarationSyntax node)
    {
        var (document, ct) = (context.Document, context.CancellationToken);
        if (await document.GetSemanticModelAsync(ct).ConfigureAwait(false) is not { } model) return;
        if (model.GetDeclaredSymbol(node, ct) is not { IsPartialDefinition: false, PartialDefinitionPart: null } method) return;
        if (Surroundings.AreNeededBy(node, model, ct) || IsForInterface(method)) return;

        var names = new List<(Document Document, SyntaxNode Name)>();
        foreach (var found in await SymbolFinder.FindReferencesAsync(method, document.Project.Solution, ct).ConfigureAwait(false))
        {
            foreach (var place in found.Locations)
            {
                if (await place.Document.GetSyntaxRootAsync(ct).ConfigureAwait(false) is not { } tree) return;
                names.Add((place.Document, tree.FindNode(place.Location.SourceSpan, findInsideTrivia: true, getInnermostNodeForTie: true)));
            }
        }

        if (names.All(n => CanDoWithoutInstance(n.Name)))
            OfferElsewhere(context, "Make it static", ct => ChangeAsync(document, node, FullNames.Expression(method.ContainingType.ToDisplayString()), names, ct));
    }

    private static bool IsForInterface(IMethodSymbol method) => method.ContainingType.AllInterfaces.SelectMany(i => i.GetMembers(method.Name))
        .Any(m => SymbolEqualityComparer.Default.Equals(method.ContainingType.FindImplementationForInterfaceMember(m), method));

    // The receiver goes away, and with it whatever it does.
    private static bool CanDoWithoutInstance(SyntaxNode name) => ReceiverOf(name) is { } receiver
        ? receiver.DescendantNodesAndSelf().All(n => n is SimpleNameSyntax or ThisExpressionSyntax || n.IsKind(SyntaxKind.SimpleMemberAccessExpression))
        : name.Parent is not MemberBindingExpressionSyntax;

    private static ExpressionSyntax? ReceiverOf(SyntaxNode name) =>
        name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access.Expression : null;

    private static async Task<Solution> ChangeAsync(
        Document declaring, MethodDeclarationSyntax method, ExpressionSyntax type, List<(Document Document, SyntaxNode Name)> names, CancellationToken ct)
    {
        var solution = declaring.Project.Solution;
        foreach (var document in names.Select(n => n.Document).Append(declaring).GroupBy(d => d.Id).Select(d => d.First()))
        {
            if (await document.GetSyntaxRootAsync(ct).ConfigureAwait(false) is not { } root) continue;
            var receivers = names.Where(n => n.Document.Id == document.Id).Select(n => ReceiverOf(n.Name)).OfType<ExpressionSyntax>();
            IEnumerable<SyntaxNode> nodes = document.Id == declaring.Id ? [method, .. receivers] : receivers;
            solution = solution.WithDocumentSyntaxRoot(document.Id, root.ReplaceNodes(
                nodes, (original, current) => current is MethodDeclarationSyntax m ? Static(m) : type.WithTriviaFrom(original)));
        }

        return solution;
    }

    private static MethodDeclarationSyntax Static(MethodDeclarationSyntax method)
    {
        // What is static changes no instance, and may not say so.
        var modifiers = method.Modifiers.Where(m => !m.IsKind(SyntaxKind.ReadOnlyKeyword)).ToList();
        var afterAccess = modifiers.FindLastIndex(m => SyntaxFacts.IsAccessibilityModifier(m.Kind())) + 1;
        modifiers.Insert(afterAccess, SyntaxFactory.Token(SyntaxKind.StaticKeyword).WithTrailingTrivia(SyntaxFactory.Space));
        return method.WithModifiers([.. modifiers]);
    }
}
