namespace Flame.EndToEnd.Tests.Processes;

/// <summary>What a program that maps over executors shows of it, on a terminal and elsewhere.</summary>
public sealed class ProgressTests
{
    [Fact]
    public async Task Terminal_shows_a_live_line_beside_what_the_program_prints_and_is_as_it_was_at_the_end()
    {
        Assert.SkipUnless(PseudoTerminal.CanBe, "there is no script here");
        using var gate = new Gate();
        await using var terminal = PseudoTerminal.Start(Map(gate, items: 3));
        var first = await gate.NextAsync(2);
        await terminal.UntilAsync(screen => Shows(screen, "pool main (local)  2/2 up") && Shows(screen, "map on main  ░░░░░░░░░░░░  0/3 done"));
        first[0].LetGo();
        var last = await gate.NextAsync();
        await terminal.UntilAsync(screen => Shows(screen, "1/3 done · "));
        foreach (var visitor in (Gate.Visitor[])[first[1], last]) visitor.LetGo();

        var end = await terminal.EndAsync();

        Assert.True(end.IsWhole);
        Assert.DoesNotContain(end.Everything, line => line.Contains(" done", StringComparison.Ordinal) || line.StartsWith("pool main", StringComparison.Ordinal));
        Assert.Equal(["parent", "booting", "booting", "mapped", "mapped", "mapped", "map"], end.Everything.Select(line => line.Split(' ')[0]));
        Assert.Matches("^map on main: 3 calls in [^,]+, 0 failed, 0 run again, [0-9.]+ executor-seconds, 2 cold starts$", end.Everything[^1]);
    }

    [Fact]
    public async Task Interrupted_program_leaves_the_terminal_as_it_was()
    {
        Assert.SkipUnless(PseudoTerminal.CanBe, "there is no script here");
        using var gate = new Gate();
        await using var terminal = PseudoTerminal.Start(Map(gate, items: 3));
        await gate.NextAsync(2);
        await terminal.UntilAsync(screen => Shows(screen, "0/3 done"));
        await terminal.InterruptAsync();
        var end = await terminal.EndAsync();
        Assert.True(end.IsWhole);
        Assert.DoesNotContain(end.Everything, line => line.Contains(" done", StringComparison.Ordinal) || line.StartsWith("pool main", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("FLAME_PROGRESS", "off")]
    [InlineData("CI", "true")]
    public async Task Terminal_stays_the_programs_own_where_nobody_wants_progress(string name, string value)
    {
        Assert.SkipUnless(PseudoTerminal.CanBe, "there is no script here");
        using var gate = new Gate();
        await using var terminal = PseudoTerminal.Start([.. Map(gate, items: 1), "fast-clock"], (name, value));
        (await gate.NextAsync()).LetGo();
        await terminal.EndAsync();
        Assert.DoesNotContain("\e7", terminal.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("map on", terminal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_written_where_there_is_no_terminal()
    {
        using var gate = new Gate();
        await using var app = AppProcess.Start(AppProcess.Path, [.. Map(gate, items: 1), "fast-clock"], ("FLAME_PROGRESS", ""));
        (await gate.NextAsync()).LetGo();
        Assert.Equal(0, await app.EndAsync());
        Assert.DoesNotContain("error: ", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_lines_come_where_they_are_asked_for_and_one_summary()
    {
        using var gate = new Gate();
        await using var app = AppProcess.Start(AppProcess.Path, Map(gate, items: 3), ("FLAME_PROGRESS", "plain"));
        var visitors = await gate.NextAsync(2);
        Assert.Equal("on main  ░░░░░░░░░░░░  0/3 done", await app.NextAsync("error: flame: map"));
        foreach (var visitor in visitors) visitor.LetGo();
        (await gate.NextAsync()).LetGo();
        Assert.StartsWith("3 calls in ", await app.NextAsync("error: flame: map on main:"), StringComparison.Ordinal);
        Assert.Equal(0, await app.EndAsync());
        Assert.Single(app.Output.Split('\n'), line => line.Contains("cold starts", StringComparison.Ordinal));
        Assert.DoesNotContain("\e", app.Output, StringComparison.Ordinal);
    }

    private static string[] Map(Gate gate, int items) => ["bare", "map", $"gate={gate.Port}", $"items={items}", "max=2"];

    private static bool Shows(Flame.Tests.Progress.Screen screen, string words) => screen.Visible.Any(line => line.Contains(words, StringComparison.Ordinal));
}
