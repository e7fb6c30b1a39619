using Microsoft.Extensions.Logging;

namespace Flame.EndToEnd.Tests.Calls;

public abstract class OutputTests(CarrierPools carrier)
{
    private static string Words => $"words-{Guid.NewGuid()}";

    [Fact]
    public async Task A_log_event_arrives_whole_before_its_call_ends()
    {
        using var _ = carrier.Pools.Use();
        var words = Words;
        await Speaker.LogAsync(words, null!);

        var line = Assert.Single(carrier.Log.Lines, l => l.Text.Contains(words, StringComparison.Ordinal));
        Assert.Equal(("Flame.Executor.main", LogLevel.Warning, 77), (line.Category, line.Level, line.EventId));
        Assert.StartsWith($"[main/1] {typeof(Shop).FullName}: {words} was noticed", line.Text, StringComparison.Ordinal);
        Assert.Contains("with an exception", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Printed_lines_arrive_as_lines_under_the_executors_name()
    {
        using var _ = carrier.Pools.Use();
        var words = Words;
        await Speaker.PrintAsync(words);
        foreach (var text in new[] { $"{words} out", $"{words} error", $"{words} in", $" and {words}" })
        {
            var line = await carrier.Log.WhenAsync(l => l.Text == "[main/1] " + text);
            Assert.Equal("Flame.Executor.main", line.Category);
            Assert.Equal(text.EndsWith("error", StringComparison.Ordinal) ? LogLevel.Warning : LogLevel.Information, line.Level);
        }
    }

    [Fact]
    public async Task An_unterminated_last_line_arrives_when_the_executor_goes()
    {
        var words = Words;
        await using (var pools = await carrier.StartAsync(_ => { }))
        {
            using var _ = pools.Use();
            await Speaker.WhisperAsync(words);
        }

        Assert.Equal($"[main/1] {words}", (await carrier.Log.WhenAsync(words)).Text);
    }

    [Fact]
    public async Task Native_writes_and_those_of_children_arrive_too()
    {
        using var _ = carrier.Pools.Use();
        var words = Words;
        await Speaker.PrintAroundFlameAsync(words);
        Assert.Equal($"[main/1] {words} native", (await carrier.Log.WhenAsync($"{words} native")).Text);
        Assert.Equal($"[main/1] {words} child error", (await carrier.Log.WhenAsync($"{words} child error")).Text);
        await carrier.Log.WhenAsync(l => l.Text == $"[main/1] {words} child");
    }

    [Fact]
    public async Task What_is_printed_before_the_link_is_up_arrives()
    {
        var words = Words;
        using var early = new Inherited(EarlyOutput.Variable, words);
        await using var pools = await carrier.StartAsync(_ => { });
        using var _ = pools.Use();
        Assert.Equal(5, await Sums.AddAsync(2, 3));
        Assert.Equal($"[main/1] {words}", (await carrier.Log.WhenAsync(words)).Text);
    }

    [Fact]
    public async Task Lines_from_many_calls_at_once_are_not_mixed()
    {
        using var _ = carrier.Pools.Use();
        var words = Words;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Speaker.FloodAsync($"{words}-{i}", 100))).Patiently();
        for (var i = 0; i < 8; i++) await carrier.Log.WhenAsync($"{words}-{i} 99");
        var lines = LinesWith(words).Select(l => l.Text).ToHashSet();
        for (var i = 0; i < 8; i++)
        {
            for (var n = 0; n < 100; n++) Assert.Contains($"[main/1] {words}-{i} {n}", lines);
        }
    }

    [Theory]
    [InlineData("ü")]
    [InlineData("\U0001F525")]
    public async Task A_line_that_is_too_long_is_cut_between_characters_and_nothing_of_it_is_lost(string character)
    {
        using var _ = carrier.Pools.Use();
        var end = Words;
        await Speaker.PrintLongAsync(character, 50_000, end);
        await carrier.Log.WhenAsync(end);
        var lines = carrier.Log.Lines.Where(l => l.Text.Contains(character, StringComparison.Ordinal)).ToList();
        Assert.True(lines.Count > 1);
        Assert.Equal(50_000, lines.Sum(l => l.Text.Split(character).Length - 1));
        Assert.DoesNotContain(lines, l => l.Text.Contains('\uFFFD', StringComparison.Ordinal));
    }

    private List<LogLine> LinesWith(string words) => [.. carrier.Log.Lines.Where(l => l.Text.Contains(words, StringComparison.Ordinal))];
}

public sealed class OutputOverPipesTests(SocketPools pools) : OutputTests(pools), IClassFixture<SocketPools>;

public sealed class OutputOverLinkTests(ElsewherePools pools) : OutputTests(pools), IClassFixture<ElsewherePools>;
