using Flame.Generators.Analysis;

namespace Flame.CodeFixes;

/// <summary>FLM0110: names one of the pools that are declared.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class PoolNameFix() : FlameAttributeFix("FLM0110")
{
    private protected override void Offer(CodeFixContext context, SyntaxNode root, AttributeSyntax attribute, SemanticModel model)
    {
        if (ArgumentOf(attribute, "Pool") is not { } argument) return;
        if (!context.Diagnostics[0].Properties.TryGetValue(Survey.DeclaredPools, out var pools) || pools is null) return;
        foreach (var pool in pools.Split([Survey.Separator], StringSplitOptions.None))
            Offer(context, $"Use the pool '{pool}'", () => Say(root, argument, pool));
    }
}
