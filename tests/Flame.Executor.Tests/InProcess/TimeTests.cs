namespace Flame.Executor.Tests.InProcess;

/// <summary>With a fake clock nothing of a pool's life takes time.</summary>
public sealed class TimeTests
{
    [Fact]
    public async Task Idle_executor_leaves_when_its_time_has_come()
    {
        await using var pool = InProcessPool.Start(o => o.IdleShutdownAfter = TimeSpan.FromMinutes(10));
        await Work.AppendAsync([]);
        await pool.UntilAsync(stats => stats.Running == 0);
        pool.Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, pool.Stats.Ready);
        pool.Time.Advance(TimeSpan.FromMilliseconds(1));
        await pool.UntilAsync(stats => stats.Count == 0);
        Assert.Empty(pool.Backend.Alive);
    }

    [Fact]
    public async Task Call_that_takes_too_long_fails_in_its_execution_and_its_method_is_stopped()
    {
        await using var pool = InProcessPool.Start(o => o.Timeout = TimeSpan.FromSeconds(2));
        var call = Work.Remote.WaitAsync("slow", InProcessPool.Patience);
        await pool.Gates["slow"].Entered;
        pool.Time.Advance(TimeSpan.FromSeconds(2));
        var error = await Assert.ThrowsAsync<CallTimeoutException>(() => call);
        Assert.Equal(CallPhase.Execution, error.Phase);
        await pool.UntilAsync(stats => stats.Running == 0);
        Assert.True(pool.Gates["slow"].Cancelled);
    }

    [Fact]
    public async Task Call_that_waits_too_long_fails_in_the_queue_and_the_running_one_goes_on()
    {
        await using var pool = InProcessPool.Start(o => (o.Max, o.QueueTimeout) = (1, TimeSpan.FromSeconds(3)));
        var running = Work.Remote.WaitAsync("running", InProcessPool.Patience);
        await pool.Gates["running"].Entered;
        var waiting = Work.Remote.WaitAsync("waiting", InProcessPool.Patience);
        pool.Time.Advance(TimeSpan.FromSeconds(3));
        var error = await Assert.ThrowsAsync<CallTimeoutException>(() => waiting);
        Assert.Equal(CallPhase.Queue, error.Phase);
        pool.Gates["running"].Open();
        await running;
    }

    [Fact]
    public async Task Silent_executor_is_lost_when_its_heartbeat_stays_away()
    {
        await using var pool = InProcessPool.Start();
        var call = Work.Remote.WaitAsync("silent", InProcessPool.Patience);
        await pool.Gates["silent"].Entered;
        Assert.True(pool.Backend.Silence("test/1"));
        pool.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(call.IsCompleted);
        while (!call.IsCompleted)
        {
            pool.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => call);
        Assert.Contains("nothing was heard", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_lets_running_calls_end_and_refuses_new_ones()
    {
        var pool = InProcessPool.Start();
        var call = Work.Remote.WaitAsync("last", InProcessPool.Patience);
        await pool.Gates["last"].Entered;
        var drained = pool.Pools.DisposeAsync();
        await Assert.ThrowsAsync<PoolDrainingException>(() => Work.AppendAsync([]));
        Assert.False(call.IsCompleted);
        pool.Gates["last"].Open();
        await call;
        await drained;
        Assert.Empty(pool.Backend.Alive);
    }

    [Fact]
    public async Task Pools_can_be_ended_more_than_once_and_by_several()
    {
        var pool = InProcessPool.Start();
        await Work.AppendAsync([]);
        await Task.WhenAll(pool.Pools.DisposeAsync().AsTask(), pool.Pools.DisposeAsync().AsTask());
        await pool.Pools.DisposeAsync();
        Assert.Empty(pool.Backend.Alive);
    }
}
