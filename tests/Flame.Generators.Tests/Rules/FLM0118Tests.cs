namespace Flame.Generators.Tests.Rules;

public sealed class FLM0118Tests
{
    private const string Id = "FLM0118";

    [Fact]
    public Task Method_that_is_not_marked_otherwise_is_refused() => RuleTest.SaysOnlyAsync(
        Id,
        "M",
        """
        public static class V { [FlameBatch] public static Task<int[]> M(int[] items) => Task.FromResult(items); }
        """);

    [Theory]
    [InlineData("Task<int>", "Task.FromResult(0)")]
    [InlineData("Task", "Task.CompletedTask")]
    [InlineData("Task<List<int>>", "Task.FromResult(new List<int>())")]
    [InlineData("Task<int[]?>", "Task.FromResult<int[]?>(items)")]
    [InlineData("Task<int[,]>", "Task.FromResult(new int[0, 0])")]
    [InlineData("IAsyncEnumerable<int[]>", "throw new Exception()")]
    public Task Method_without_a_result_for_each_item_is_refused(string returns, string body) => RuleTest.SaysOnlyAsync(
        Id,
        "M",
        $$"""
        public static class V { [Flame, FlameBatch] public static {{returns}} M(int[] items) => {{body}}; }
        """);

    [Theory]
    [InlineData("")]
    [InlineData("CancellationToken ct")]
    [InlineData("int item")]
    [InlineData("List<int> items")]
    [InlineData("int[,] items")]
    [InlineData("CancellationToken ct, int[] items")]
    public async Task Method_whose_first_parameter_are_not_the_items_is_refused(string parameters)
    {
        var said = await RuleTest.SaysAsync(
            $$"""
            public static class V { [Flame, FlameBatch] public static Task<int[]> M({{parameters}}) => Task.FromResult(new int[1]); }
            """);
        Assert.All(said, s => Assert.Equal((Id, "M"), (s.Id, s.Place)));
        Assert.Contains(said, s => s.Message.Contains("first parameter", StringComparison.Ordinal));
    }

    [Fact]
    public Task Parameter_that_callers_would_have_to_agree_on_is_refused() => RuleTest.SaysOnlyAsync(
        Id,
        "M",
        """
        public static class V { [Flame, FlameBatch] public static Task<int[]> M(int[] items, string language) => Task.FromResult(items); }
        """);

    [Fact]
    public Task Items_a_token_and_services_are_accepted() => RuleTest.IsSilentAsync(
        """
        public class V { [Flame, FlameBatch] public ValueTask<string?[]> M(int[]? items, [FromServices] IFormatProvider f, CancellationToken ct) => new(new string?[1]); }
        """);
}
