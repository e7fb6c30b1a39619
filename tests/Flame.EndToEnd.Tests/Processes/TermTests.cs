using Flame.EndToEnd.Tests.Calls;
using Microsoft.Extensions.Time.Testing;

namespace Flame.EndToEnd.Tests.Processes;

public sealed class TermTests
{
    private const int Terminated = 128 + 15;

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
    public async Task A_bare_program_that_is_told_to_end_lets_running_calls_end_and_refuses_those_that_wait()
    {
        using var gate = new Gate();
        await using var app = AppProcess.Start("bare", "hold", "heed", "calls=2", "max=1", $"gate={gate.Port}");
        var call = await gate.NextAsync();

        await app.TermAsync();
        Assert.StartsWith("PoolDrainingException FLM2009: ", await app.NextAsync("failed"), StringComparison.Ordinal);
        call.LetGo();

        Assert.Equal($"{call.Process}", await app.NextAsync("passed"));
        Assert.Equal(Terminated, await app.EndAsync());
        Assert.Empty(app.Started());
    }

    [Fact]
    public async Task A_bare_program_that_is_told_to_end_goes_no_further_than_the_disposal_of_its_pools()
    {
        using var gate = new Gate();
        await using var app = AppProcess.Start("bare", "hold", "heed", "calls=2", "max=1", "linger", "dispose-at-exit", $"gate={gate.Port}");
        var call = await gate.NextAsync();

        await app.TermAsync();
        await app.NextAsync("failed");
        call.LetGo();

        Assert.Equal(Terminated, await app.EndAsync());
        Assert.DoesNotContain("lingers", app.Output, StringComparison.Ordinal);
        Assert.Empty(app.Started());
    }

    [Fact]
    public async Task A_bare_program_that_is_told_to_end_twice_ends_at_once()
    {
        using var gate = new Gate();
        await using var app = AppProcess.Start("bare", "hold", "heed", "calls=2", "max=1", $"gate={gate.Port}");
        await gate.NextAsync();

        await app.TermAsync();
        await app.NextAsync("failed");
        await app.TermAsync();

        Assert.Equal(Terminated, await app.EndAsync());
        Assert.DoesNotContain("passed", app.Output, StringComparison.Ordinal);
        await app.NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_bare_program_whose_pools_are_disposed_is_ended_by_the_signal_as_any_other()
    {
        await using var app = AppProcess.Start("bare", "where", "linger");
        await app.NextAsync("lingers");

        await app.TermAsync();

        Assert.Equal(Terminated, await app.EndAsync());
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
    public async Task An_executor_that_is_told_to_end_before_its_first_call_is_replaced_without_a_pause()
    {
        // A pause would not end on this clock, for it stands still.
        var log = new LogRecorder();
        await using var pools = await TestPools.StartAsync(f => f.AddPool("main", p => (p.Min, p.Max) = (1, 1)).Time = new FakeTimeProvider(), log);

        await Signals.TermAsync(int.Parse(pools["main"].GetStats().Executors.Single().Description.Split(' ')[1]));

        await log.WhenAsync("FLM3002 main/2 is ready");
        Assert.DoesNotContain(log.Lines, line => line.EventId == 3003);
    }

    [Fact]
    public async Task An_executor_that_is_told_to_end_while_it_boots_has_not_failed()
    {
        await using var app = AppProcess.Start("host", "where", "enter-hangs", "max=1");
        await app.NextAsync("      [main/1] entering");

        await Signals.TermAsync(app.Started().Single());
        await app.NextAsync("      [main/2] entering");

        Assert.Contains("FLM3005 main/1 takes no more calls: it received SIGTERM", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("FLM3003", app.Output, StringComparison.Ordinal);
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
