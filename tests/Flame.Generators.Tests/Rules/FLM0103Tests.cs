namespace Flame.Generators.Tests.Rules;

public sealed class FLM0103Tests
{
    [Fact]
    public Task Progress_is_accepted() => RuleTest.IsSilentAsync(
        """
        public static class V { [Flame] public static Task M(IProgress<int> a, IProgress<string?>? b = null) => Task.CompletedTask; }
        """);

    [Fact]
    public async Task Report_that_cannot_be_sent_is_refused_with_its_path()
    {
        var (id, place, message) = Assert.Single(await RuleTest.SaysAsync(
            """
            public class Loss { public Action? Callback { get; set; } }
            public static class V { [Flame] public static Task M(IProgress<Loss> reports) => Task.CompletedTask; }
            """));
        Assert.Equal(("FLM0201", "reports"), (id, place));
        Assert.Contains("'reports[]' (Loss)", message, StringComparison.Ordinal);
    }

    [Fact]
    public Task Stream_is_accepted() => RuleTest.IsSilentAsync(
        """
        public static class V { [Flame] public static Task M(System.IO.Stream a, System.IO.Stream? b = null) => Task.CompletedTask; }
        """);

    [Fact]
    public Task A_kind_of_stream_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0103",
        "a",
        """
        public static class V { [Flame] public static Task M(System.IO.MemoryStream a) => Task.CompletedTask; }
        """);

    [Fact]
    public Task Async_sequence_is_accepted() => RuleTest.IsSilentAsync(
        """
        public static class V { [Flame] public static Task M(IAsyncEnumerable<int> a, IAsyncEnumerable<byte[]>? b) => Task.CompletedTask; }
        """);

    [Theory]
    [InlineData("System.IO.Pipelines.PipeReader")]
    [InlineData("System.IO.Pipelines.PipeWriter")]
    [InlineData("System.Threading.Channels.ChannelReader<int>")]
    [InlineData("System.Threading.Channels.Channel<int>")]
    public Task Pipe_or_channel_is_refused(string type) => RuleTest.SaysOnlyAsync(
        "FLM0103",
        "a",
        $$"""
        public static class V { [Flame] public static Task M({{type}} a) => Task.CompletedTask; }
        """);

    [Fact]
    public async Task Item_that_cannot_be_sent_is_refused_with_its_path()
    {
        var (id, place, message) = Assert.Single(await RuleTest.SaysAsync(
            """
            public static class V { [Flame] public static Task M(IAsyncEnumerable<List<IProgress<int>>> items) => Task.CompletedTask; }
            """));
        Assert.Equal(("FLM0201", "items"), (id, place));
        Assert.Contains("'items[][]' (IProgress<int>)", message, StringComparison.Ordinal);
    }

    [Fact]
    public Task A_sequence_in_memory_is_accepted() => RuleTest.IsSilentAsync(
        """
        public static class V { [Flame] public static Task M(IEnumerable<int> a) => Task.CompletedTask; }
        """);
}
