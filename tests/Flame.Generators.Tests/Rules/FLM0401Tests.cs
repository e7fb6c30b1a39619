namespace Flame.Generators.Tests.Rules;

public sealed class FLM0401Tests
{
    [Fact]
    public Task Call_in_an_expression_tree_is_doubted() => RuleTest.SaysOnlyAsync(
        "FLM0401",
        "V.M()",
        """
        public static class V { [Flame] public static Task M() => Task.CompletedTask; public static System.Linq.Expressions.Expression<Func<Task>> E => () => V.M(); }
        """);

    [Fact]
    public Task Call_in_a_lambda_is_accepted() => RuleTest.IsSilentAsync(
        """
        public static class V { [Flame] public static Task M() => Task.CompletedTask; public static Func<Task> E => () => V.M(); }
        """);
}
