using Flame.Backends;

namespace Flame.EndToEnd.Tests.FlameElixir;

/// <summary>What runner_test.exs promises of one runner, on real processes.</summary>
public sealed class RunnerTests
{
    [Fact]
    public async Task Lost_executor_fails_the_call_that_it_has_and_the_next_call_gets_another()
    {
        await using var pool = await ElixirPool.StartAsync(o => o.Max = 1);
        using var here = pool.Pools.Use();
        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => Work.KillItselfAsync());
        Assert.True(error.MayHaveRun);
        Assert.Contains("killed by SIGKILL", error.Reason, StringComparison.Ordinal);
        Assert.Equal(0, (await pool.NextAsync(Growth.Shrink)).Size.Count);
        Assert.NotEqual(Environment.ProcessId, await Work.PidAsync());
    }

    [Fact]
    public async Task Executor_runs_one_call_after_another_whether_or_not_they_throw()
    {
        await using var pool = await ElixirPool.StartAsync(o => o.Max = 1);
        using var here = pool.Pools.Use();
        var pid = await Work.PidAsync();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Work.RaiseAsync("the method raises"));
        Assert.Equal("the method raises", error.Message);
        Assert.Equal("System.InvalidOperationException", Assert.IsType<RemoteException>(error.InnerException).RemoteType);
        Assert.Equal(pid, await Work.PidAsync());
        Assert.False(pool.Saw(Growth.Shrink));
    }

    [Fact]
    public async Task Executor_that_had_a_call_that_threw_ends_when_idle()
    {
        await using var pool = await ElixirPool.StartAsync(o => (o.Max, o.IdleShutdownAfter) = (1, TimeSpan.FromMilliseconds(200)));
        using var here = pool.Pools.Use();
        await Assert.ThrowsAsync<InvalidOperationException>(() => Work.RaiseAsync("the method raises"));
        await pool.NextAsync(Growth.Shrink);
        Assert.Equal((0, 0), (pool.Stats.Count, pool.Stats.Running));
    }

    [Fact]
    public async Task Executor_goes_on_after_a_call_that_ran_out_of_time()
    {
        await using var pool = await ElixirPool.StartAsync(o => o.Max = 1);
        using var here = pool.Pools.Use();
        var pid = await Work.PidAsync();
        var error = await Assert.ThrowsAsync<CallTimeoutException>(() => Work.HangWithTimeoutAsync(CancellationToken.None));
        Assert.Equal((CallPhase.Execution, TimeSpan.FromMilliseconds(200)), (error.Phase, error.Budget));
        Assert.Equal(pid, await Work.PidAsync());
    }

    [Fact]
    public async Task Cancelled_call_ends_on_its_executor_and_frees_its_slot()
    {
        await using var pool = await ElixirPool.StartAsync(o => o.Max = 1);
        using var here = pool.Pools.Use();
        var pid = await Work.PidAsync();
        using var stop = new CancellationTokenSource();
        var call = Work.HangAsync(stop.Token);
        await pool.UntilAsync(s => s.Running == 1);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(pid, await Work.PidAsync());
    }

    [Fact]
    public async Task Single_use_executor_returns_its_value_and_ends()
    {
        await using var pool = await ElixirPool.StartAsync(o => (o.Max, o.SingleUse) = (1, true));
        using var here = pool.Pools.Use();
        var first = await Work.PidAsync();
        await pool.NextAsync(Growth.Shrink);
        Assert.NotEqual(first, await Work.PidAsync());
        await pool.NextAsync(Growth.Shrink);
    }

    [Fact]
    public async Task Single_use_executor_ends_after_a_call_that_threw_or_ran_out_of_time()
    {
        await using var pool = await ElixirPool.StartAsync(o => (o.Max, o.SingleUse) = (1, true));
        using var here = pool.Pools.Use();
        await Assert.ThrowsAsync<InvalidOperationException>(() => Work.RaiseAsync("the method raises"));
        await pool.NextAsync(Growth.Shrink);
        await Assert.ThrowsAsync<CallTimeoutException>(() => Work.HangWithTimeoutAsync(CancellationToken.None));
        await pool.NextAsync(Growth.Shrink);
        Assert.Equal(0, pool.Stats.Count);
    }

    [Fact]
    public async Task Boot_that_cannot_succeed_tells_the_caller_the_backends_words()
    {
        await using var pool = await ElixirPool.StartAsync(o => o.Max = 1, new LocalProcessBackend("/no/such/program"));
        using var here = pool.Pools.Use();
        var error = await Assert.ThrowsAsync<BootFailedException>(() => Work.PidAsync());
        Assert.Contains("/no/such/program could not be started", error.Message, StringComparison.Ordinal);
    }
}
