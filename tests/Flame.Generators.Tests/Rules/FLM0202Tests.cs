namespace Flame.Generators.Tests.Rules;

public sealed class FLM0202Tests
{
    [Fact]
    public Task Unsendable_result_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0202",
        "M",
        """
        public static class V { [Flame] public static Task<Action> M() => Task.FromResult<Action>(() => { }); }
        """);

    [Fact]
    public Task Unsendable_item_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0202",
        "M",
        """
        public static class V { [Flame] public static async IAsyncEnumerable<object> M() { await Task.Yield(); yield return 1; } }
        """);

    [Fact]
    public Task Sendable_result_is_accepted() => RuleTest.IsSilentAsync(
        """
        public static class V { [Flame] public static Task<(int, string?)[]> M() => Task.FromResult(new (int, string?)[0]); }
        """);
}
