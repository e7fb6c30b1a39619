using Flame.Progress;
using Xunit;

namespace Flame.Tests.Progress;

public sealed class ProgressTextTests
{
    [Theory]
    [InlineData(120, "map on gpu  ██████░░░░░░  37/64 done · 2 failed · 2.5/s · ETA 11s")]
    [InlineData(80, "map on gpu  ██████░░░░░░  37/64 done · 2 failed · 2.5/s · ETA 11s")]
    [InlineData(60, "map on gpu  ██████░░░░░░  37/64 done · 2 failed · 2.5/s · …")]
    [InlineData(59, "map on gpu  37/64 done · 2 failed · 2.5/s · ETA 11s")]
    [InlineData(40, "map on gpu  37/64 done · 2 failed · 2.…")]
    public void Map_of_a_known_number_of_items(int width, string line) =>
        Assert.Equal((line, true), (With(total: 64, done: 37, failed: 2, perSecond: 2.5, width: width), line.Length < width));

    [Theory]
    [InlineData(37, 2.5, "map on gpu  37 done · 2.5/s")]
    [InlineData(1234567, 1234.5, "map on gpu  1,234,567 done · 1,234/s")]
    [InlineData(3, 0.05, "map on gpu  3 done · 20s each")]
    [InlineData(0, 0, "map on gpu  0 done")]
    public void Map_of_nobody_knows_how_many(long done, double perSecond, string line) => Assert.Equal(line, With(total: null, done: done, perSecond: perSecond));

    [Theory]
    [InlineData(0, 0, "map on gpu  ░░░░░░░░░░░░  0/64 done")]
    [InlineData(1, 0.001, "map on gpu  ░░░░░░░░░░░░  1/64 done · 16m40s each · ETA 17h30m")]
    [InlineData(1, 0.000001, "map on gpu  ░░░░░░░░░░░░  1/64 done · 100h00m each")]
    [InlineData(64, 8, "map on gpu  ████████████  64/64 done · 8.0/s")]
    [InlineData(70, 8, "map on gpu  ████████████  70/64 done · 8.0/s")]
    public void Time_that_is_left_is_said_where_anything_is_known_of_it(long done, double perSecond, string line) => Assert.Equal(line, With(total: 64, done: done, perSecond: perSecond));

    [Fact]
    public void Empty_source_is_done() => Assert.Equal("map on gpu  ████████████  0/0 done", With(total: 0, done: 0, perSecond: 0));

    [Theory]
    [InlineData(120, "pool gpu (kubernetes)  41/64 up · 9 booting · 1,400 queued · 9 × waits for a node: 0/3 nodes are available")]
    [InlineData(80, "pool gpu (kubernetes)  41/64 up · 9 booting · 1,400 queued · 9 × waits for a n…")]
    [InlineData(40, "pool gpu (kubernetes)  41/64 up · 9 bo…")]
    public void Pool_says_what_it_waits_for(int width, string line) =>
        Assert.Equal(line, ProgressText.Of(new PoolFigures("gpu", "kubernetes", 41, 64, 9, 1400, ["9 × waits for a node: 0/3 nodes are available"]), width));

    [Fact]
    public void Pool_that_waits_for_nothing_says_how_many_are_up() => Assert.Equal("pool gpu (local)  2/4 up", ProgressText.Of(new PoolFigures("gpu", "local", 2, 4, 0, 0, []), 80));

    [Fact]
    public void Summary_says_what_it_took() => Assert.Equal(
        "map on gpu: 64 calls in 2m10s, 1 failed, 3 run again, 83.4 executor-seconds, 9 cold starts",
        ProgressText.Of(new MapSummary("gpu", 64, 1, TimeSpan.FromSeconds(130), 3, 83.4, 9)));

    [Fact]
    public void Half_a_character_is_never_left() => Assert.Equal("ab…", ProgressText.Cut("ab😀cd", 5));

    [Theory]
    [InlineData(FlameProgress.Auto, null, null, "xterm", true, FlameProgress.Auto)]
    [InlineData(FlameProgress.Auto, null, null, "xterm", false, FlameProgress.Off)]
    [InlineData(FlameProgress.Auto, null, "true", "xterm", true, FlameProgress.Off)]
    [InlineData(FlameProgress.Auto, null, "false", "xterm", true, FlameProgress.Auto)]
    [InlineData(FlameProgress.Auto, null, null, "dumb", true, FlameProgress.Off)]
    [InlineData(FlameProgress.Auto, null, null, null, true, FlameProgress.Off)]
    [InlineData(FlameProgress.Plain, null, "true", null, false, FlameProgress.Plain)]
    [InlineData(FlameProgress.Off, null, null, "xterm", true, FlameProgress.Off)]
    [InlineData(FlameProgress.Off, "plain", null, "xterm", true, FlameProgress.Plain)]
    [InlineData(FlameProgress.Off, "Auto", null, "xterm", true, FlameProgress.Auto)]
    [InlineData(FlameProgress.Plain, "off", null, "xterm", true, FlameProgress.Off)]
    public void Environment_wins_over_the_program_and_nothing_is_drawn_but_on_a_terminal(FlameProgress wanted, string? said, string? ci, string? term, bool isTerminal, FlameProgress mode) =>
        Assert.Equal((mode, null), (ProgressMode.Of(wanted, name => name switch { "FLAME_PROGRESS" => said, "CI" => ci, _ => term }, () => isTerminal, out var wrong), wrong));

    [Fact]
    public void Wrong_word_in_the_environment_is_told_and_says_nothing()
    {
        Assert.Equal(FlameProgress.Plain, ProgressMode.Of(FlameProgress.Plain, name => name == "FLAME_PROGRESS" ? "1" : null, () => true, out var wrong));
        Assert.Equal("1", wrong);
    }

    private static string With(long? total, long done, double perSecond, long failed = 0, int width = 120) =>
        ProgressText.Of(new MapFigures("gpu", done, total, failed, TimeSpan.FromSeconds(15), perSecond), width);
}
