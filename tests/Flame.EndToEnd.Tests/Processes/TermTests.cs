using Flame.EndToEnd.Tests.Calls;

namespace Flame.EndToEnd.Tests.Processes;

public sealed class TermTests
{
    [Fact]
    public async Task A_host_that_is_told_to_end_lets_running_calls_end_first()
    {
        using var gate = new Gate();
        await using var app = AppProcess.Start("host", "pass", "stay", $"gate={gate.Port}");
        var call = await gate.NextAsync();

        await app.TermAsync();
        await app.NextAsync("stopping");
        Assert.Contains(call.Process, app.Started());
        call.LetGo();

        Assert.Equal($"{call.Process}", await app.NextAsync("passed"));
        await app.NextAsync("ended");
        Assert.Equal(0, await app.EndAsync());
        Assert.Empty(app.Started());
    }

    [Fact]
    public async Task An_executor_that_is_told_to_end_finishes_its_calls_and_is_replaced()
    {
        using var gate = new Gate();
        await using var pools = await TestPools.StartAsync(f => f.AddPool("main", p => (p.Min, p.Max, p.MaxConcurrency) = (1, 2, 4)));
        var before = Gates.PassAsync(gate.Port, TestContext.Current.CancellationToken);
        var leaving = await gate.NextAsync();

        await Signals.TermAsync(leaving.Process);
        await Patience.UntilAsync(() => pools["main"].GetStats().Draining == 1);
        var after = Gates.PassAsync(gate.Port, TestContext.Current.CancellationToken);
        var replacement = await gate.NextAsync();
        leaving.LetGo();
        replacement.LetGo();

        Assert.Equal(leaving.Process, await before);
        Assert.Equal(replacement.Process, await after);
        Assert.NotEqual(leaving.Process, replacement.Process);
        await Signals.GoneAsync(leaving.Process);
        await Patience.UntilAsync(() => pools["main"].GetStats() is { Ready: 1, Count: 1 });
    }

    [Fact]
    public async Task An_idle_executor_that_is_told_to_end_leaves_at_once()
    {
        await using var pools = await TestPools.StartAsync();
        var process = await Sums.ProcessAsync();

        await Signals.TermAsync(process);

        await Signals.GoneAsync(process);
        Assert.NotEqual(process, await Sums.ProcessAsync());
    }
}
