using Flame.Generators.Analysis;

namespace Flame.CodeFixes;

/// <summary>FLM0109: gives the method a name of its own, or leaves its id to its signature.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class MethodNameFix() : FlameAttributeFix("FLM0109")
{
    private protected override void Offer(CodeFixContext context, SyntaxNode root, AttributeSyntax attribute, SemanticModel model)
    {
        var argument = ArgumentOf(attribute, "Name");

        // Who wrote a name wanted one that outlives renames, so another name comes first.
        if (context.Diagnostics[0].Properties.TryGetValue(Survey.FreeName, out var name) && name is not null)
            Offer(context, $"Name it '{name}'", () => argument is null ? AddName(root, attribute, name) : Say(root, argument, name));
        if (argument is not null) Offer(context, "Leave its id to its signature", () => Unsay(root, argument));
    }

    private static SyntaxNode AddName(SyntaxNode root, AttributeSyntax attribute, string name) =>
        root.ReplaceNode(attribute, attribute.AddArgumentListArguments(
            SyntaxFactory.AttributeArgument(Literal(name)).WithNameEquals(SyntaxFactory.NameEquals("Name").NormalizeWhitespace())));
}
