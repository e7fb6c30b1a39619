using Flame.Pooling;
using Xunit;

namespace Flame.Tests.Pooling;

public sealed class ShrinkTests
{
    private static readonly PoolSettings OneToThree = new() { Min = 1, Max = 3, IdleShutdownAfter = PoolTable.Seconds(10) };

    [Fact]
    public void Executors_above_the_minimum_end_when_idle()
    {
        var pool = PoolTable.WithReady(3, OneToThree);
        Assert.Equal([PoolEffectKind.Drain, PoolEffectKind.Drain], pool.AtNextWake(inSeconds: 10).Select(effect => effect.Kind));
        pool.Counts(ready: 1, draining: 2);
        foreach (var slot in pool.In(ExecutorPhase.Draining)) pool.Gone(slot);
        pool.After(1000);
        pool.Counts(ready: 1);
        Assert.Equal(long.MaxValue, pool.State.NextWake);
    }

    [Fact]
    public void Busy_executor_is_never_reaped()
    {
        var pool = PoolTable.WithReady(3, OneToThree with { Min = 0, MinIdleShutdownAfter = PoolTable.Seconds(1) });
        var busy = PoolTable.Grants(pool.Acquire(), pool.Last);
        pool.After(1000);
        Assert.Same(busy, pool.Only(ExecutorPhase.Ready));
    }

    [Fact]
    public void Every_call_starts_the_idle_time_again()
    {
        var pool = PoolTable.WithReady(1, OneToThree with { Min = 0 });
        pool.After(9);
        pool.Release(PoolTable.Grants(pool.Acquire(), pool.Last));
        pool.After(9);
        pool.Counts(ready: 1);
        pool.AtNextWake(inSeconds: 1);
        pool.Counts(draining: 1);
    }

    [Fact]
    public void MinIdleShutdownAfter_takes_the_pool_to_zero_and_the_next_call_brings_it_back()
    {
        var pool = PoolTable.WithReady(2, OneToThree with { Min = 2, MinIdleShutdownAfter = PoolTable.Seconds(60) });
        pool.AtNextWake(inSeconds: 60);
        pool.Counts(draining: 2);
        foreach (var slot in pool.In(ExecutorPhase.Draining)) PoolTable.Boots(0, pool.Gone(slot));
        Assert.Equal(long.MaxValue, pool.State.NextWake);
        pool.Acquire();
        PoolTable.Boots(2, pool.Last);
    }

    [Fact]
    public void Shorter_MinIdleShutdownAfter_ends_the_others_too()
    {
        var pool = PoolTable.WithReady(3, OneToThree with { MinIdleShutdownAfter = PoolTable.Seconds(4) });
        pool.AtNextWake(inSeconds: 4);
        pool.Counts(draining: 3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pools_idle_time_begins_when_its_last_call_is_gone(bool lost)
    {
        var pool = PoolTable.WithReady(2, OneToThree with { Min = 2, Max = 2, MinIdleShutdownAfter = PoolTable.Seconds(60) });
        var busy = PoolTable.Grants(pool.Acquire(), pool.Last);
        pool.After(3600);
        if (lost) pool.Gone(busy);
        else pool.Release(busy);
        Assert.Empty(pool.In(ExecutorPhase.Draining));
        Assert.Equal(2, pool.State.Ready + pool.State.Booting);
        pool.AtNextWake(inSeconds: 60);
        Assert.Equal(0, pool.State.Ready);
    }

    [Fact]
    public void Ready_executor_stays_until_its_successor_is_up()
    {
        var pool = PoolTable.WithReady(1, OneToThree);
        var first = PoolTable.Grants(pool.Acquire(), pool.Last);
        pool.Acquire();
        pool.Release(first);
        pool.Release(first);
        pool.After(15);
        pool.Counts(ready: 1, booting: 1);
        pool.Booted(pool.Only(ExecutorPhase.Booting));
        pool.Counts(ready: 1, draining: 1);
    }

    [Fact]
    public void Executor_that_does_not_go_in_time_is_stopped_once()
    {
        var pool = PoolTable.WithReady(1, OneToThree with { Min = 0, ShutdownTimeout = PoolTable.Seconds(5) });
        pool.AtNextWake(inSeconds: 10);
        Assert.Equal(PoolEffectKind.Stop, Assert.Single(pool.AtNextWake(inSeconds: 5)).Kind);
        Assert.Empty(pool.After(100));
        Assert.Equal(long.MaxValue, pool.State.NextWake);
        pool.Gone(pool.Only(ExecutorPhase.Draining));
        pool.Counts();
    }

    [Fact]
    public void Call_on_a_draining_executor_ends_there()
    {
        var pool = PoolTable.WithReady(1, OneToThree with { MaxConcurrency = 2 });
        var slot = PoolTable.Grants(pool.Acquire(), pool.Last);
        pool.SaysItDrains(slot);
        var waiting = pool.Acquire();
        Assert.DoesNotContain(pool.Release(slot), effect => effect.Kind == PoolEffectKind.Grant);
        Assert.Equal((0, 1), (pool.State.Leased, pool.State.Waiting));
        Assert.NotSame(slot, PoolTable.Grants(waiting, pool.Booted(pool.Only(ExecutorPhase.Booting))));
    }

    [Fact]
    public void Executor_above_the_minimum_stays_for_IdleShutdownAfter_though_the_last_ones_limit_is_shorter()
    {
        var pool = PoolTable.WithReady(1, OneToThree with { Min = 0, IdleShutdownAfter = PoolTable.Seconds(10), MinIdleShutdownAfter = PoolTable.Seconds(1) });
        pool.AtNextWake(inSeconds: 10);
        pool.Counts(draining: 1);
    }

    [Fact]
    public void Last_executors_go_after_MinIdleShutdownAfter_though_it_is_the_shorter()
    {
        var pool = PoolTable.WithReady(1, OneToThree with { Max = 1, IdleShutdownAfter = PoolTable.Seconds(60), MinIdleShutdownAfter = PoolTable.Seconds(10) });
        pool.AtNextWake(inSeconds: 10);
        pool.Counts(draining: 1);
    }

    [Fact]
    public void Each_executor_that_does_not_go_is_stopped_at_its_own_time()
    {
        var pool = PoolTable.WithReady(2, new PoolSettings { Min = 2, Max = 4, ShutdownTimeout = PoolTable.Seconds(5) });
        var ready = pool.In(ExecutorPhase.Ready);
        pool.SaysItDrains(ready[0]);
        pool.After(2);
        pool.SaysItDrains(ready[1]);
        Assert.Equal(ready[0], Assert.Single(pool.AtNextWake(inSeconds: 3)).Slot);
        Assert.Equal(ready[1], Assert.Single(pool.AtNextWake(inSeconds: 2)).Slot);
    }
}
