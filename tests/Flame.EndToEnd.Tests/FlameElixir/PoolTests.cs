using Flame.Executor;
using Microsoft.Extensions.Time.Testing;

namespace Flame.EndToEnd.Tests.FlameElixir;

/// <summary>What flame_test.exs promises of a pool's size, on real processes where a process matters.</summary>
public sealed class PoolTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task Pool_grows_by_need_up_to_Max_and_then_calls_wait()
    {
        await using var pool = await ElixirPool.StartAsync(o => (o.Min, o.Max, o.MaxConcurrency) = (1, 2, 2));
        using var here = pool.Pools.Use();
        Assert.Equal((1, 0), (pool.Stats.Ready, pool.Stats.Booting));

        await using var first = await Work.HeldAsync();
        await using var second = await Work.HeldAsync();
        Assert.Equal(first.Current, second.Current);
        Assert.Equal((1, 0), (pool.Stats.Ready, pool.Stats.Booting));

        await using var third = await Work.HeldAsync();
        Assert.NotEqual(first.Current, third.Current);
        await using var fourth = await Work.HeldAsync();
        Assert.Equal(third.Current, fourth.Current);

        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Work.HangAsync(impatient.Token));
        var waits = Work.PidAsync();
        await pool.UntilAsync(s => s.Waiting == 1);
        Assert.Equal(2, pool.Stats.Count);
        Assert.False(waits.IsCompleted);

        await second.DisposeAsync();
        Assert.Equal(first.Current, await waits);
        Assert.Equal(2, pool.Stats.Count);
    }

    [Fact]
    public async Task Call_that_is_out_of_time_in_the_queue_is_told_so()
    {
        var time = new FakeTimeProvider();
        await using var pool = await ElixirPool.StartAsync(
            o => (o.Max, o.QueueTimeout) = (1, TimeSpan.FromSeconds(30)), new InProcessBackend(time: time), ElixirPool.OnClock(time));
        using var here = pool.Pools.Use();
        await using var holder = await Work.HeldAsync();
        var late = Work.PidAsync();
        time.Advance(TimeSpan.FromSeconds(30));
        var error = await Assert.ThrowsAsync<CallTimeoutException>(() => late);
        Assert.Equal(CallPhase.Queue, error.Phase);
    }

    [Fact]
    public async Task Failed_boot_is_tried_again_for_the_call_that_waits()
    {
        var backend = new InProcessBackend();
        await using var pool = await ElixirPool.StartAsync(o => (o.Min, o.Max) = (1, 2), backend);
        using var here = pool.Pools.Use();
        Assert.Equal(1, (await pool.NextAsync(Growth.End)).Size.Count);
        await using var holder = await Work.HeldAsync();

        backend.FailNextBoot("no machine is free");
        var waits = Work.PidAsync();
        Assert.Equal(2, (await pool.NextAsync(Growth.Start)).Size.Count);
        var (afterFailure, error) = await pool.NextAsync(Growth.End);
        Assert.Equal(1, afterFailure.Count);
        Assert.Contains("no machine is free", error!.Message, StringComparison.Ordinal);
        var (afterRetry, none) = await pool.NextAsync(Growth.End);
        Assert.Equal((2, null), (afterRetry.Count, none));
        await waits;
    }

    [Fact]
    public async Task Growth_callback_that_throws_changes_nothing()
    {
        await using var pool = await ElixirPool.StartAsync(
            o => (o.Max, o.OnGrowStart) = (1, _ => throw new InvalidOperationException("the callback throws")), new InProcessBackend());
        using var here = pool.Pools.Use();
        await Work.PidAsync();
        await pool.LoggedAsync("FLM3009");
    }

    [Fact]
    public async Task Grown_executor_ends_when_idle_and_the_minimum_stays()
    {
        await using var pool = await ElixirPool.StartAsync(o => (o.Min, o.Max, o.IdleShutdownAfter) = (1, 2, Soon));
        using var here = pool.Pools.Use();
        await using (await Work.HeldAsync())
        await using (await Work.HeldAsync())
            Assert.Equal(2, pool.Stats.Ready);
        Assert.Equal(1, (await pool.NextAsync(Growth.Shrink)).Size.Count);
        await pool.UntilAsync(s => s is { Count: 1, Ready: 1 });
        Assert.False(pool.Saw(Growth.Shrink));
    }

    [Fact]
    public async Task Idle_executor_ends_whether_or_not_it_had_a_call()
    {
        await using var pool = await ElixirPool.StartAsync(o => (o.Min, o.Max, o.MinIdleShutdownAfter) = (1, 1, Soon));
        using var here = pool.Pools.Use();
        Assert.Equal(0, (await pool.NextAsync(Growth.Shrink)).Size.Count);
        await Work.PidAsync();
        Assert.Equal(0, (await pool.NextAsync(Growth.Shrink)).Size.Count);
    }
}
