using Microsoft.CodeAnalysis.Formatting;

namespace Flame.CodeFixes;

/// <summary>FLM0107: moves a local function out, behind the member that it stands in, or from a program's statements into a part of <c>Program</c>.</summary>
/// <remarks>Nothing is offered for one that needs something of the code around it, or whose name is taken in the type.</remarks>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LocalFunctionFix() : FlameCodeFix<LocalFunctionStatementSyntax>("FLM0107")
{
    private protected override async Task OfferAsync(CodeFixContext context, SyntaxNode root, LocalFunctionStatementSyntax node)
    {
        var ct = context.CancellationToken;
        if (await context.Document.GetSemanticModelAsync(ct).ConfigureAwait(false) is not { } model) return;
        if (model.GetDeclaredSymbol(node, ct) is not { ContainingType: { TypeKind: TypeKind.Class or TypeKind.Struct } type } function) return;
        if (node.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } around || IsTaken(function.Name, type)) return;
        if (!Surroundings.AreNeededBy(node, model, ct)) Offer(context, "Make it a method", () => Move(root, node, around, type.Name));
    }

    private static bool IsTaken(string name, INamedTypeSymbol type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (!current.GetMembers(name).IsEmpty) return true;
        }

        return type.Name == name;
    }

    private static SyntaxNode Move(SyntaxNode root, LocalFunctionStatementSyntax function, MemberDeclarationSyntax around, string type)
    {
        var method = MethodOf(function);
        var removed = function.Parent == around ? (SyntaxNode)around : function;
        var tracked = root.TrackNodes(removed, around);
        var without = tracked.RemoveNode(tracked.GetCurrentNode(removed)!, SyntaxRemoveOptions.KeepUnbalancedDirectives)!;
        return around is GlobalStatementSyntax
            ? ((CompilationUnitSyntax)without).AddMembers(PartOf(type, method).WithTrailingTrivia(function.GetTrailingTrivia().Where(IsEndOfLine)))
            : without.InsertNodesAfter(without.GetCurrentNode(around)!, [method]);
    }

    private static ClassDeclarationSyntax PartOf(string type, MethodDeclarationSyntax method) =>
        SyntaxFactory.ClassDeclaration(type).AddModifiers(SyntaxFactory.Token(SyntaxKind.PartialKeyword)).AddMembers(method)
            .WithAdditionalAnnotations(Formatter.Annotation);

    private static MethodDeclarationSyntax MethodOf(LocalFunctionStatementSyntax function)
    {
        var rest = function.WithAttributeLists([]);
        var bare = rest.WithLeadingTrivia();
        SyntaxToken[] modifiers =
        [
            SyntaxFactory.Token(rest.GetLeadingTrivia(), SyntaxKind.InternalKeyword, [SyntaxFactory.Space]),
            SyntaxFactory.Token([], SyntaxKind.StaticKeyword, [SyntaxFactory.Space]),
            .. bare.Modifiers.Where(modifier => !modifier.IsKind(SyntaxKind.StaticKeyword)),
        ];
        return SyntaxFactory.MethodDeclaration(
                function.AttributeLists, [.. modifiers], bare.ReturnType, null, bare.Identifier, bare.TypeParameterList,
                bare.ParameterList, bare.ConstraintClauses, bare.Body, bare.ExpressionBody, bare.SemicolonToken)
            .WithLeadingTrivia(function.GetLeadingTrivia().SkipWhile(IsBlank).Prepend(SyntaxFactory.ElasticCarriageReturnLineFeed))
            .WithAdditionalAnnotations(Formatter.Annotation);
    }

    private static bool IsBlank(SyntaxTrivia trivia) => trivia.IsKind(SyntaxKind.WhitespaceTrivia) || IsEndOfLine(trivia);

    private static bool IsEndOfLine(SyntaxTrivia trivia) => trivia.IsKind(SyntaxKind.EndOfLineTrivia);
}
