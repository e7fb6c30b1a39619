using Flame.Generators.Parsing;

namespace Flame.CodeFixes;

/// <summary>FLM0201, FLM0202 and FLM0301: marks the type that cannot be sent, and makes it and the types around it partial.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class PackableTypeFix() : ObstacleFix<INamedTypeSymbol>(Obstacle.TypeId)
{
    private protected override void Offer(CodeFixContext context, INamedTypeSymbol symbol, Document document, SyntaxNode declaration)
    {
        if (declaration is TypeDeclarationSyntax type && PackableShape.Fits(symbol))
            OfferAt(context, $"Mark {symbol.Name} [MemoryPackable]", document, type, root => Mark(root, type));
    }

    private static SyntaxNode Mark(SyntaxNode root, TypeDeclarationSyntax marked) => root.ReplaceNodes(
        marked.AncestorsAndSelf().OfType<TypeDeclarationSyntax>(),
        (original, current) => original == marked ? FullNames.Mark(Partial(current), KnownNames.MemoryPackable) : Partial(current));

    private static TypeDeclarationSyntax Partial(TypeDeclarationSyntax type)
    {
        if (type.Modifiers.Any(SyntaxKind.PartialKeyword)) return type;
        var partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        if (type.Modifiers.Count > 0) return (TypeDeclarationSyntax)type.AddModifiers(partial);

        // What stands in front of the type belongs to its keyword as long as nothing else does.
        var bare = type.WithKeyword(type.Keyword.WithLeadingTrivia());
        return (TypeDeclarationSyntax)bare.AddModifiers(partial.WithLeadingTrivia(type.Keyword.LeadingTrivia));
    }
}
