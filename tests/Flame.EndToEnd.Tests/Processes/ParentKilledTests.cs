using Flame.EndToEnd.Tests.Calls;

namespace Flame.EndToEnd.Tests.Processes;

public sealed class ParentKilledTests
{
    [Theory]
    [InlineData("bare", "heed")]
    [InlineData("bare", "ignore")]
    [InlineData("host", "heed")]
    [InlineData("host", "ignore")]
    public async Task Killed_parent_leaves_no_executor_and_no_child_of_one(string way, string heed)
    {
        using var gate = new Gate();
        await using var app = AppProcess.Start(way, "hold", heed, $"gate={gate.Port}", "calls=4", "concurrency=2");
        var calls = await gate.NextAsync(4);
        Assert.Equal(2, calls.Select(c => c.Process).Distinct().Count());
        Assert.Equal(6, app.Started().Count);

        await app.KillAsync();

        await app.NothingIsLeftAsync();

        // One that ends has lost its environment a moment before it is gone.
        foreach (var call in calls) await Signals.GoneAsync(call.Child);
    }

    [Theory]
    [InlineData("bare", "enter-hangs")]
    [InlineData("host", "enter-hangs")]
    [InlineData("host", "stall")]
    [InlineData("bare", "")]
    public async Task Killed_parent_leaves_no_executor_that_boots(string way, string stage)
    {
        await using var app = AppProcess.Start(way, "where", stage);
        await app.NextAsync("booting");
        await Patience.UntilAsync(() => app.Started().Count > 0);

        // The last is killed as early as it can be seen, the others when they hang where they shall.
        if (stage.Length > 0) await Patience.UntilAsync(() => app.Started().All(LeadsItsGroup));
        await app.KillAsync();

        await app.NothingIsLeftAsync();
    }

    [Fact]
    public async Task Executors_without_a_parent_run_their_exit_hooks()
    {
        using var gate = new Gate();
        var notes = Directory.CreateTempSubdirectory();
        await using var app = AppProcess.Start("bare", "hold", "heed", $"gate={gate.Port}", "calls=2", $"exit-notes={notes}");
        var calls = await gate.NextAsync(2);

        await app.KillAsync();
        await app.NothingIsLeftAsync();

        Assert.Equal(calls.Select(c => c.Process).Order(), notes.GetFiles().Select(f => int.Parse(f.Name)).Order());
        notes.Delete(recursive: true);
    }

    private static bool LeadsItsGroup(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[2]) == pid;
    }
}
