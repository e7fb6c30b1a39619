using Flame.Generators.Parsing;

namespace Flame.CodeFixes;

/// <summary>FLM0201: resolves a service from the executor's container instead of sending it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class ServiceParameterFix() : FlameCodeFix<ParameterSyntax>("FLM0201")
{
    private static readonly string[] NoServices = ["System.Exception", "System.Delegate"];

    private protected override async Task OfferAsync(CodeFixContext context, SyntaxNode root, ParameterSyntax node)
    {
        if (await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is not { } model) return;
        if (model.GetDeclaredSymbol(node, context.CancellationToken) is not { } parameter || !MayBeService(parameter.Type)) return;

        // What only holds something that cannot be sent is data, and the receiver of an extension method is what it works on.
        if (!context.Diagnostics[0].Properties.TryGetValue(Obstacle.TypeId, out var id) || id != parameter.Type.OriginalDefinition.GetDocumentationCommentId()) return;
        if (!node.Modifiers.Any(SyntaxKind.ThisKeyword))
            Offer(context, "Resolve it on the executor instead of sending it", () => root.ReplaceNode(node, FullNames.Mark(node, KnownNames.FromServices)));
    }

    private static bool MayBeService(ITypeSymbol type)
    {
        if (type is not { TypeKind: TypeKind.Interface or TypeKind.Class, SpecialType: SpecialType.None }) return false;
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (NoServices.Contains(KnownNames.MetadataNameOf(current))) return false;
        }

        return true;
    }
}
