namespace Flame.Generators.Tests.Rules;

public sealed class FLM0306Tests
{
    [Fact]
    public Task A_value_task_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0306",
        "() => G()",
        """
        public class U { static ValueTask<int> G() => new(1); public Task M(FlamePools f) => f.CallAsync("default", () => G()); }
        """);

    [Fact]
    public Task Items_outside_a_stream_are_refused() => RuleTest.SaysOnlyAsync(
        "FLM0306",
        "() => G()",
        """
        public class U { static async IAsyncEnumerable<int> G() { await Task.Yield(); yield return 1; } public Task M(FlamePools f) => f.CallAsync("default", () => G()); }
        """);

    [Fact]
    public Task A_mapping_of_which_nothing_comes_back_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0306",
        "G",
        """
        public class U { static Task G(int item, CancellationToken ct) => Task.CompletedTask; public async Task M(FlamePools f) { await foreach (var r in f.MapAsync("default", new[] { 1 }, G)) { } } }
        """);

    [Fact]
    public Task Tasks_values_and_streams_are_accepted() => RuleTest.IsSilentAsync(
        """
        public class U { static async IAsyncEnumerable<int> G() { await Task.Yield(); yield return 1; } public async Task M(FlamePools f) { await f.CallAsync("default", () => Task.FromResult(1)); await foreach (var i in f.StreamAsync("default", () => G())) { } } }
        """);
}
