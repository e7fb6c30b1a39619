using Flame.Pooling;
using Xunit;

namespace Flame.Tests.Pooling;

public sealed class GrowthTests
{
    [Fact]
    public void The_minimum_boots_at_the_start()
    {
        var pool = new PoolTable(new PoolSettings { Min = 2, Max = 5 });
        PoolTable.Boots(2, pool.Last);
        pool.Counts(booting: 2);
    }

    [Theory]
    [InlineData(1, 4, 1, 0, 1)]
    [InlineData(3, 4, 1, 0, 3)]
    [InlineData(9, 4, 1, 0, 4)]
    [InlineData(2, 4, 2, 0, 1)]
    [InlineData(3, 4, 2, 0, 2)]
    [InlineData(4, 4, 2, 0, 2)]
    [InlineData(1, 4, 2, 2, 3)]
    [InlineData(3, 4, 1, 3, 4)]
    [InlineData(0, 4, 1, 3, 0)]
    public void Size_follows_demand_and_buffer_up_to_Max(int calls, int max, int concurrency, int buffer, int executors)
    {
        var pool = new PoolTable(new PoolSettings { Max = max, MaxConcurrency = concurrency, Buffer = buffer });
        pool.Acquire(calls);
        pool.Counts(booting: executors);
    }

    [Fact]
    public void Booting_counts_as_present()
    {
        var pool = new PoolTable(new PoolSettings { Max = 4, MaxConcurrency = 2 });
        pool.Acquire();
        PoolTable.Boots(1, pool.Last);
        pool.Acquire();
        PoolTable.Boots(0, pool.Last);
        pool.Tick();
        pool.Counts(booting: 1);
    }

    [Fact]
    public void Simultaneous_calls_share_the_executor_that_boots()
    {
        var pool = new PoolTable(new PoolSettings { Max = 1, MaxConcurrency = 2 });
        var calls = pool.Acquire(2);
        var effects = pool.Booted(pool.Only(ExecutorPhase.Booting));
        Assert.Same(PoolTable.Grants(calls[0], effects), PoolTable.Grants(calls[1], effects));
        Assert.Equal(2, pool.State.Leased);
    }

    [Fact]
    public void Call_beyond_the_free_slots_boots_the_next_executor()
    {
        var pool = PoolTable.WithReady(1, new PoolSettings { Min = 1, Max = 2, MaxConcurrency = 2 });
        pool.Acquire(2);
        pool.Counts(ready: 1);
        pool.Acquire();
        pool.Counts(ready: 1, booting: 1);
    }

    [Fact]
    public void Lost_minimum_executor_is_replaced()
    {
        var pool = PoolTable.WithReady(2, new PoolSettings { Min = 2, Max = 2 });
        pool.After(30);
        PoolTable.Boots(1, pool.Gone(pool.In(ExecutorPhase.Ready)[0]));
        pool.Counts(ready: 1, booting: 1);
    }

    [Fact]
    public void Lost_executor_is_replaced_for_those_who_wait()
    {
        var pool = PoolTable.WithReady(1, new PoolSettings { Max = 1 });
        pool.Acquire(2);
        PoolTable.Boots(1, pool.Gone(pool.Only(ExecutorPhase.Ready)));
        Assert.Equal((0, 1), (pool.State.Leased, pool.State.Waiting));
    }

    [Fact]
    public void Draining_executors_count_against_Max()
    {
        var pool = PoolTable.WithReady(2, new PoolSettings { Min = 2, Max = 2 });
        pool.After(30);
        var leaving = pool.In(ExecutorPhase.Ready)[0];
        PoolTable.Boots(0, pool.SaysItDrains(leaving));
        pool.Acquire(3);
        pool.Counts(ready: 1, draining: 1);
        PoolTable.Boots(1, pool.Gone(leaving));
    }

    [Fact]
    public void Calls_of_a_draining_executor_want_no_other_executor()
    {
        var pool = PoolTable.WithReady(1, new PoolSettings { Max = 4 });
        pool.Acquire();
        PoolTable.Boots(0, pool.SaysItDrains(pool.Only(ExecutorPhase.Ready)));
        pool.Acquire();
        PoolTable.Boots(1, pool.Last);
    }

    [Fact]
    public void Buffer_stays_as_long_as_the_pool_is_busy()
    {
        var pool = PoolTable.WithReady(1, new PoolSettings { Max = 4, Buffer = 1, IdleShutdownAfter = PoolTable.Seconds(10) });
        pool.Acquire();
        foreach (var slot in pool.In(ExecutorPhase.Booting)) pool.Booted(slot);
        pool.After(60);
        pool.Counts(ready: 2);
    }

    [Fact]
    public void Single_use_executor_runs_one_call_and_is_replaced()
    {
        var pool = new PoolTable(new PoolSettings { Min = 1, Max = 2, SingleUse = true, MaxConcurrency = 100 });
        var first = pool.Only(ExecutorPhase.Booting);
        pool.Booted(first);
        Assert.Same(first, PoolTable.Grants(pool.Acquire(), pool.Last));

        var effects = pool.Release(first);
        Assert.Equal([PoolEffectKind.Drain, PoolEffectKind.Boot], effects.Select(effect => effect.Kind));
        pool.Counts(booting: 1, draining: 1);
        PoolTable.Boots(0, pool.Gone(first));
        pool.Booted(pool.Only(ExecutorPhase.Booting));
        pool.Counts(ready: 1);
    }

    [Fact]
    public void Single_use_executor_takes_one_call_at_a_time()
    {
        var pool = new PoolTable(new PoolSettings { Max = 1, SingleUse = true, MaxConcurrency = 100 });
        var calls = pool.Acquire(2);
        PoolTable.Grants(calls[0], pool.Booted(pool.Only(ExecutorPhase.Booting)));
        Assert.Equal(1, pool.State.Waiting);
    }
}
