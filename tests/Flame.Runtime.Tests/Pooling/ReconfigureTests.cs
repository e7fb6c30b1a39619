using Flame.Pooling;
using Xunit;

namespace Flame.Tests.Pooling;

public sealed class ReconfigureTests
{
    private static readonly PoolSettings Four = new() { Max = 4, IdleShutdownAfter = PoolTable.Seconds(60), ShutdownTimeout = PoolTable.Seconds(5) };

    [Fact]
    public void Raised_Max_boots_for_those_who_wait_at_once()
    {
        var pool = PoolTable.WithReady(1, Four with { Max = 1 });
        pool.Acquire(4);
        PoolTable.Boots(3, pool.Reconfigure(Four));
    }

    [Fact]
    public void Lowered_Max_lets_the_idle_go_at_once_and_no_more_than_that()
    {
        var pool = PoolTable.WithReady(4, Four);
        var busy = PoolTable.Grants(pool.Acquire(), pool.Last);
        var effects = pool.Reconfigure(Four with { Max = 2 });
        Assert.Equal([PoolEffectKind.Drain, PoolEffectKind.Drain], effects.Select(effect => effect.Kind));
        Assert.DoesNotContain(effects, effect => effect.Slot == busy);
        pool.Counts(ready: 2, draining: 2);
    }

    [Fact]
    public void Lowered_Max_lets_a_busy_one_finish_however_long_that_takes_and_then_go()
    {
        var pool = PoolTable.WithReady(3, Four with { Max = 3 });
        var busy = pool.Acquire(3).Length;
        Assert.Empty(pool.Reconfigure(Four with { Max = 1 }));
        Assert.Equal((1, 2, busy), (pool.State.Ready, pool.State.Draining, pool.State.Leased));
        Assert.Empty(pool.After(3600));
        var leaving = pool.In(ExecutorPhase.Draining);
        var told = pool.Release(leaving[0]);
        Assert.Equal((PoolEffectKind.Drain, leaving[0]), (Assert.Single(told).Kind, told[0].Slot));
        Assert.Equal(PoolEffectKind.Stop, Assert.Single(pool.AtNextWake(inSeconds: 5)).Kind);
    }

    [Fact]
    public void Executor_beyond_a_lowered_Max_takes_no_more_calls_though_some_wait()
    {
        var pool = PoolTable.WithReady(2, Four with { Max = 2 });
        pool.Acquire(2);
        var waiting = pool.Acquire();
        pool.Reconfigure(Four with { Max = 1 });
        Assert.DoesNotContain(pool.Release(pool.Only(ExecutorPhase.Draining)), effect => effect.Kind == PoolEffectKind.Grant);
        PoolTable.Grants(waiting, pool.Release(pool.Only(ExecutorPhase.Ready)));
    }

    [Fact]
    public void One_that_boots_goes_before_one_that_is_up_and_its_end_is_no_failure()
    {
        var pool = PoolTable.WithReady(1, Four);
        pool.Acquire(2);
        var booting = pool.Only(ExecutorPhase.Booting);
        Assert.Equal((PoolEffectKind.Drain, booting), (pool.Reconfigure(Four with { Max = 1 })[0].Kind, pool.Last[0].Slot));
        pool.BootFailed(booting);
        Assert.Equal((0, 1), (pool.State.BootFailuresInARow, pool.State.Ready));
    }

    [Fact]
    public void Max_that_is_raised_again_keeps_those_that_had_not_gone_yet()
    {
        var pool = PoolTable.WithReady(2, Four with { Max = 2 });
        pool.Acquire(2);
        pool.Reconfigure(Four with { Max = 1 });
        Assert.Empty(pool.Reconfigure(Four with { Max = 2 }));
        pool.Counts(ready: 2);
        var waiting = pool.Acquire();
        PoolTable.Grants(waiting, pool.Release(pool.In(ExecutorPhase.Ready)[1]));
    }

    [Fact]
    public void One_that_says_itself_that_it_goes_is_not_kept_by_a_raised_Max()
    {
        var pool = PoolTable.WithReady(2, Four with { Max = 2 });
        pool.Acquire(2);
        pool.Reconfigure(Four with { Max = 1 });
        pool.SaysItDrains(pool.Only(ExecutorPhase.Draining));
        pool.Reconfigure(Four with { Max = 2 });
        pool.Counts(ready: 1, draining: 1);
        Assert.Equal(PoolEffectKind.Stop, Assert.Single(pool.AtNextWake(inSeconds: 5)).Kind);
    }

    [Fact]
    public void Raised_MaxConcurrency_grants_those_who_wait_at_once()
    {
        var pool = PoolTable.WithReady(1, Four with { Max = 1 });
        pool.Acquire();
        var waiting = pool.Acquire(2);
        var effects = pool.Reconfigure(Four with { Max = 1, MaxConcurrency = 3 });
        foreach (var request in waiting) PoolTable.Grants(request, effects);
    }

    [Fact]
    public void Lowered_MaxConcurrency_gives_no_new_call_until_an_executor_has_fewer()
    {
        var pool = PoolTable.WithReady(1, Four with { Max = 1, MaxConcurrency = 3 });
        pool.Acquire(3);
        Assert.Empty(pool.Reconfigure(Four with { Max = 1, MaxConcurrency = 2 }));
        var waiting = pool.Acquire();
        var slot = pool.Only(ExecutorPhase.Ready);
        Assert.Empty(pool.Release(slot));
        PoolTable.Grants(waiting, pool.Release(slot));
    }

    [Fact]
    public void Raised_Min_and_Buffer_boot_at_once_and_a_lowered_Min_lets_go_after_the_idle_time()
    {
        var pool = new PoolTable(Four);
        PoolTable.Boots(2, pool.Reconfigure(Four with { Min = 2 }));
        foreach (var slot in pool.In(ExecutorPhase.Booting)) pool.Booted(slot);
        pool.Acquire();
        PoolTable.Boots(1, pool.Reconfigure(Four with { Min = 2, Buffer = 2 }));
        pool.Booted(pool.Only(ExecutorPhase.Booting));
        pool.Release(pool.In(ExecutorPhase.Ready).Single(slot => slot.InUse > 0));
        Assert.Empty(pool.Reconfigure(Four));
        pool.After(60);
        pool.Counts(draining: 3);
    }

    [Fact]
    public void Shorter_idle_time_counts_from_when_an_executor_fell_idle()
    {
        var pool = PoolTable.WithReady(1, Four);
        pool.After(20);
        Assert.Equal(PoolEffectKind.Drain, Assert.Single(pool.Reconfigure(Four with { IdleShutdownAfter = PoolTable.Seconds(10) })).Kind);
    }

    [Fact]
    public void Lowered_QueueLimit_refuses_the_next_and_nobody_who_waits()
    {
        var pool = PoolTable.WithReady(1, Four with { Max = 1 });
        pool.Acquire(3);
        Assert.Empty(pool.Reconfigure(Four with { Max = 1, QueueLimit = 1 }));
        PoolTable.Refuses(pool.Acquire(), Refusal.QueueFull, pool.Last);
        Assert.Equal(2, pool.State.Waiting);
    }

    [Fact]
    public void SingleUse_stays_as_it_was_when_the_pool_began()
    {
        var pool = PoolTable.WithReady(1, Four);
        var slot = PoolTable.Grants(pool.Acquire(), pool.Last);
        pool.Reconfigure(Four with { SingleUse = true });
        Assert.Empty(pool.Release(slot));
    }

    [Fact]
    public void Drained_executors_finish_what_they_have_and_others_come_within_Max()
    {
        var pool = PoolTable.WithReady(2, Four with { Max = 3 });
        var busy = PoolTable.Grants(pool.Acquire(), pool.Last);
        var idle = pool.In(ExecutorPhase.Ready).Single(slot => slot != busy);
        var effects = pool.DrainExecutors();
        Assert.Equal((PoolEffectKind.Drain, idle), (Assert.Single(effects).Kind, effects[0].Slot));
        pool.Acquire();
        PoolTable.Boots(1, pool.Last);
        pool.Acquire();
        Assert.Empty(pool.Last);
        var told = pool.Release(busy);
        Assert.Contains(told, effect => effect.Kind == PoolEffectKind.Drain && effect.Slot == busy);
        PoolTable.Boots(1, pool.Gone(idle));
    }
}
