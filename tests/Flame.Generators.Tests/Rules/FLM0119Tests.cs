namespace Flame.Generators.Tests.Rules;

public sealed class FLM0119Tests
{
    [Theory]
    [InlineData("Max = 0")]
    [InlineData("Max = -1")]
    [InlineData("Wait = \"soon\"")]
    [InlineData("Wait = \"10\"")]
    [InlineData("Wait = \"00:00:00\"")]
    public Task Limit_out_of_range_is_refused(string limit) => RuleTest.SaysOnlyAsync("FLM0119", "M", Source(limit));

    [Fact]
    public Task One_item_and_a_positive_time_are_accepted() => RuleTest.IsSilentAsync(Source("Max = 1, Wait = \"00:00:00.0001\""));

    private static string Source(string limits) =>
        $$"""
        public static class V { [Flame, FlameBatch({{limits}})] public static Task<int[]> M(int[] items) => Task.FromResult(items); }
        """;
}
