using Flame.Pooling;
using Xunit;

namespace Flame.Tests.Pooling;

public sealed class BootFailureTests
{
    [Fact]
    public void Boot_failures_back_off_up_to_half_a_minute()
    {
        var pool = new PoolTable(new PoolSettings { Min = 1, Max = 1 });
        foreach (var wait in (double[])[0.25, 0.5, 1, 2, 4, 8, 16, 30, 30])
        {
            PoolTable.Boots(0, pool.BootFailed(pool.Only(ExecutorPhase.Booting)));
            PoolTable.Boots(0, pool.After(0));
            PoolTable.Boots(1, pool.AtNextWake(inSeconds: wait));
        }

        Assert.Equal(9, pool.State.BootFailuresInARow);
    }

    [Theory]
    [InlineData(0, 0.125)]
    [InlineData(0.5, 0.1875)]
    [InlineData(1, 0.25)]
    public void Backoff_varies_by_half(double jitter, double wait)
    {
        var pool = new PoolTable(new PoolSettings { Min = 1, Max = 1 });
        pool.BootFailed(pool.Only(ExecutorPhase.Booting), jitter: jitter);
        PoolTable.Boots(1, pool.AtNextWake(inSeconds: wait));
    }

    [Fact]
    public void Success_ends_the_backoff()
    {
        var pool = new PoolTable(new PoolSettings { Min = 2, Max = 2 });
        var booting = pool.In(ExecutorPhase.Booting);
        pool.BootFailed(booting[0]);
        PoolTable.Boots(1, pool.Booted(booting[1]));
        Assert.Equal(0, pool.State.BootFailuresInARow);
        pool.BootFailed(pool.Only(ExecutorPhase.Booting));
        PoolTable.Boots(1, pool.AtNextWake(inSeconds: 0.25));
    }

    [Fact]
    public void Boots_that_fail_together_are_one_failure()
    {
        var pool = new PoolTable(new PoolSettings { Min = 8, Max = 8 });
        foreach (var slot in pool.In(ExecutorPhase.Booting)) pool.BootFailed(slot);
        Assert.Equal(1, pool.State.BootFailuresInARow);
        PoolTable.Boots(8, pool.AtNextWake(inSeconds: 0.25));
        foreach (var slot in pool.In(ExecutorPhase.Booting)) pool.BootFailed(slot);
        PoolTable.Boots(8, pool.AtNextWake(inSeconds: 0.5));
    }

    [Fact]
    public void Arriving_calls_do_not_break_the_backoff()
    {
        var pool = new PoolTable(new PoolSettings { Max = 2 });
        pool.Acquire();
        pool.BootFailed(pool.Only(ExecutorPhase.Booting));
        pool.Acquire();
        PoolTable.Boots(0, pool.Last);
        PoolTable.Boots(2, pool.AtNextWake(inSeconds: 0.25));
    }

    [Fact]
    public void Waiters_are_served_when_a_later_boot_succeeds()
    {
        var pool = new PoolTable(new PoolSettings { Max = 2 });
        var call = pool.Acquire();
        pool.BootFailed(pool.Only(ExecutorPhase.Booting));
        pool.AtNextWake(inSeconds: 0.25);
        PoolTable.Grants(call, pool.Booted(pool.Only(ExecutorPhase.Booting)));
    }

    [Fact]
    public void Boot_failures_back_off_and_tell_the_waiters()
    {
        var pool = new PoolTable(new PoolSettings { Max = 1, BootTimeout = PoolTable.Seconds(3) });
        var call = pool.Acquire();
        pool.After(2);
        Assert.Empty(pool.BootFailed(pool.Only(ExecutorPhase.Booting)));
        var late = pool.Acquire();
        pool.AtNextWake(inSeconds: 0.25);
        var effects = pool.AtNextWake(inSeconds: 0.75);
        PoolTable.Refuses(call, Refusal.BootFailed, effects);
        Assert.DoesNotContain(effects, effect => effect.Request == late);
    }

    [Fact]
    public void Boot_failures_do_not_touch_waiters_while_an_executor_is_up()
    {
        var pool = PoolTable.WithReady(1, new PoolSettings { Max = 2, BootTimeout = PoolTable.Seconds(3) });
        pool.Acquire(2);
        pool.BootFailed(pool.Only(ExecutorPhase.Booting), permanent: true);
        pool.After(10);
        Assert.Equal(1, pool.State.Waiting);
    }

    [Fact]
    public void Permanent_failure_tells_all_waiters_at_once()
    {
        var pool = new PoolTable(new PoolSettings { Max = 1 });
        var calls = pool.Acquire(2);
        var effects = pool.BootFailed(pool.Only(ExecutorPhase.Booting), permanent: true);
        foreach (var call in calls) PoolTable.Refuses(call, Refusal.BootFailed, effects);
        Assert.Equal(long.MaxValue, pool.State.NextWake);
    }

    [Fact]
    public void Permanent_failure_waits_for_the_boots_that_still_run()
    {
        var pool = new PoolTable(new PoolSettings { Max = 2 });
        var calls = pool.Acquire(2);
        var booting = pool.In(ExecutorPhase.Booting);
        Assert.Empty(pool.BootFailed(booting[0], permanent: true));
        PoolTable.Grants(calls[0], pool.Booted(booting[1]));
    }

    [Fact]
    public void Executor_that_is_gone_fails_no_boot()
    {
        var pool = new PoolTable(new PoolSettings { Min = 1, Max = 1 });
        var slot = pool.Only(ExecutorPhase.Booting);
        pool.BootFailed(slot);
        pool.BootFailed(slot);
        Assert.Equal(1, pool.State.BootFailuresInARow);
        Assert.Empty(pool.Booted(slot));
        pool.Counts();
    }

    [Fact]
    public void Executors_that_die_before_their_first_call_back_off_as_failed_boots_do()
    {
        var pool = new PoolTable(new PoolSettings { Min = 1, Max = 1 });
        foreach (var wait in (double[])[0.25, 0.5, 1, 2])
        {
            pool.Booted(pool.Only(ExecutorPhase.Booting));
            PoolTable.Boots(0, pool.Gone(pool.Only(ExecutorPhase.Ready)));
            PoolTable.Boots(1, pool.AtNextWake(inSeconds: wait));
        }

        Assert.Equal(4, pool.State.BootFailuresInARow);
    }

    [Fact]
    public void Executor_that_is_lost_before_its_first_call_counts_once()
    {
        var pool = new PoolTable(new PoolSettings { Min = 1, Max = 1 });
        var slot = pool.Only(ExecutorPhase.Booting);
        pool.Booted(slot);
        PoolTable.Boots(0, pool.Lost(slot));
        PoolTable.Boots(0, pool.Gone(slot));
        Assert.Equal(1, pool.State.BootFailuresInARow);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Executor_that_is_told_to_go_before_its_first_call_is_replaced_at_once(bool stillBoots)
    {
        var pool = new PoolTable(new PoolSettings { Min = 1, Max = 2 });
        var slot = pool.Only(ExecutorPhase.Booting);
        if (!stillBoots) pool.Booted(slot);
        PoolTable.Boots(1, pool.SaysItDrains(slot));
        PoolTable.Boots(0, stillBoots ? pool.BootFailed(slot, permanent: true) : pool.Gone(slot));
        Assert.Equal(0, pool.State.BootFailuresInARow);
        pool.Counts(booting: 1);
    }

    [Fact]
    public void Boots_that_a_draining_pool_gives_up_have_not_failed()
    {
        var pool = new PoolTable(new PoolSettings { Min = 2, Max = 2 });
        pool.Booted(pool.In(ExecutorPhase.Booting)[0]);
        var boot = pool.Only(ExecutorPhase.Booting);
        pool.Drain();
        pool.BootFailed(boot);
        pool.Gone(pool.Only(ExecutorPhase.Draining));
        Assert.Equal(0, pool.State.BootFailuresInARow);
    }

    [Fact]
    public void Executor_that_ran_a_call_is_replaced_at_once()
    {
        var pool = new PoolTable(new PoolSettings { Min = 1, Max = 1 });
        pool.Booted(pool.Only(ExecutorPhase.Booting));
        pool.Acquire();
        PoolTable.Boots(1, pool.Gone(pool.Only(ExecutorPhase.Ready)));
        Assert.Equal(0, pool.State.BootFailuresInARow);
    }

    [Fact]
    public void Backoff_wakes_nobody_while_enough_executors_boot()
    {
        var pool = new PoolTable(new PoolSettings { Max = 2, BootTimeout = PoolTable.Seconds(30) });
        var calls = pool.Acquire(2);
        pool.BootFailed(pool.In(ExecutorPhase.Booting)[0]);
        pool.Abandon(calls[1]);
        pool.Counts(booting: 1);
        Assert.Equal(30, (pool.State.NextWake - pool.Now) / (double)TimeSpan.TicksPerSecond, precision: 4);
    }
}
