namespace Flame.CodeFixes;

/// <summary>FLM0108: writes the time that was meant, or leaves the limit to the pool where none can be read.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class TimeoutFix() : FlameAttributeFix("FLM0108")
{
    private protected override void Offer(CodeFixContext context, SyntaxNode root, AttributeSyntax attribute, SemanticModel model)
    {
        if (ArgumentOf(attribute, "Timeout") is not { } argument) return;
        var text = model.GetConstantValue(argument.Expression, context.CancellationToken).Value as string ?? "";
        var meanings = TimeoutMeanings.Of(text).Select(time => time.ToString("c")).Distinct().ToArray();
        foreach (var meaning in meanings) Offer(context, $"Write \"{meaning}\"", () => Say(root, argument, meaning));
        if (meanings.Length == 0) Offer(context, "Leave the limit to the pool", () => Unsay(root, argument));
    }
}
