namespace Flame.Generators.Tests.Rules;

public sealed class FLM0101Tests
{
    [Fact]
    public Task Sync_results_are_refused() => RuleTest.SaysOnlyAsync(
        "FLM0101",
        "M",
        """
        public static class V { [Flame] public static int M() => 1; }
        """);

    [Fact]
    public Task Void_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0101",
        "M",
        """
        public static class V { [Flame] public static void M() { } }
        """);

    [Fact]
    public Task Everything_awaitable_is_accepted() => RuleTest.IsSilentAsync(
        """
        public static class V { [Flame] public static Task A() => Task.CompletedTask; [Flame] public static Task<int> B() => Task.FromResult(1); [Flame] public static ValueTask C() => default; [Flame] public static ValueTask<int> D() => default; [Flame] public static async IAsyncEnumerable<int> E() { await Task.Yield(); yield return 1; } }
        """);
}
