using Flame.Generators.Parsing;

namespace Flame.CodeFixes;

/// <summary>FLM0201, FLM0202 and FLM0301: leaves a member out that cannot be sent.</summary>
/// <remarks>Nothing is offered for a member that the type cannot be made without.</remarks>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class IgnoredMemberFix() : ObstacleFix<ISymbol>(Obstacle.MemberId)
{
    private protected override void Offer(CodeFixContext context, ISymbol symbol, Document document, SyntaxNode declaration)
    {
        if (symbol is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true }) return;
        if (KnownNames.AttributeOf(symbol, KnownNames.MemoryPackInclude) is not null) return;
        if (PackableShape.IsGivenToConstructor(symbol, symbol.ContainingType)) return;
        if (declaration.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } member) return;
        if (member is FieldDeclarationSyntax { Declaration.Variables.Count: > 1 } or TypeDeclarationSyntax) return;
        OfferAt(context, $"Do not send {symbol.Name}: mark it [MemoryPackIgnore]", document, member, root => root.ReplaceNode(member, FullNames.Mark(member, KnownNames.MemoryPackIgnore)));
    }
}
