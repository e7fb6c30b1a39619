namespace Flame.Generators.Tests.Rules;

public sealed class FLM0112Tests
{
    [Fact]
    public Task Second_token_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0112",
        "b",
        """
        public static class V { [Flame] public static Task M(CancellationToken a, CancellationToken b) => Task.CompletedTask; }
        """);

    [Fact]
    public Task One_token_anywhere_is_accepted() => RuleTest.IsSilentAsync(
        """
        public static class V { [Flame] public static Task M(int x, CancellationToken a, int y) => Task.CompletedTask; }
        """);
}
