using Flame.Pooling;
using Xunit;

namespace Flame.Tests.Pooling;

public sealed class QueueTests
{
    [Fact]
    public void Waiters_are_served_in_order()
    {
        var pool = PoolTable.WithReady(1, new PoolSettings { Max = 1 });
        var slot = PoolTable.Grants(pool.Acquire(), pool.Last);
        foreach (var waiting in pool.Acquire(3)) PoolTable.Grants(waiting, pool.Release(slot));
        Assert.Equal(0, pool.State.Waiting);
    }

    [Fact]
    public void Free_slot_is_granted_at_once()
    {
        var pool = PoolTable.WithReady(1, new PoolSettings { Min = 1, Max = 1, QueueLimit = 0 });
        PoolTable.Grants(pool.Acquire(withinSeconds: 0), pool.Last);
        Assert.Equal((1, 0), (pool.State.Leased, pool.State.Waiting));
    }

    [Fact]
    public void Calls_go_to_the_least_loaded_executor_then_to_the_longest_lived()
    {
        var pool = PoolTable.WithReady(2, new PoolSettings { Min = 2, Max = 2, MaxConcurrency = 2 });
        var granted = Enumerable.Range(0, 4).Select(_ => PoolTable.Grants(pool.Acquire(), pool.Last).Number).ToArray();
        Assert.Equal([1, 2, 1, 2], granted);
        pool.Release(pool.In(ExecutorPhase.Ready)[1]);
        Assert.Equal(2, PoolTable.Grants(pool.Acquire(), pool.Last).Number);
    }

    [Fact]
    public void Abandoned_call_leaves_the_line()
    {
        var pool = PoolTable.WithReady(1, new PoolSettings { Max = 1 });
        var slot = PoolTable.Grants(pool.Acquire(), pool.Last);
        var waiting = pool.Acquire(3);
        Assert.Empty(pool.Abandon(waiting[0]));
        Assert.Empty(pool.Abandon(waiting[0]));
        Assert.Equal(2, pool.State.Waiting);
        PoolTable.Grants(waiting[1], pool.Release(slot));
    }

    [Fact]
    public void Abandoning_after_the_grant_changes_nothing()
    {
        var pool = PoolTable.WithReady(1, new PoolSettings { Max = 1 });
        Assert.Empty(pool.Abandon(pool.Acquire()));
        Assert.Equal(1, pool.State.Leased);
    }

    [Fact]
    public void One_call_too_many_is_refused()
    {
        var pool = new PoolTable(new PoolSettings { Max = 1, QueueLimit = 2 });
        pool.Acquire(2);
        PoolTable.Refuses(pool.Acquire(), Refusal.QueueFull, pool.Last);
        Assert.Equal(2, pool.State.Waiting);
    }

    [Fact]
    public void Call_is_refused_when_its_deadline_passes()
    {
        var pool = new PoolTable(new PoolSettings { Max = 1 });
        var patient = pool.Acquire(withinSeconds: 20);
        var hasty = pool.Acquire(withinSeconds: 10);
        PoolTable.Refuses(hasty, Refusal.QueueTimeout, pool.AtNextWake(inSeconds: 10));
        PoolTable.Refuses(patient, Refusal.QueueTimeout, pool.AtNextWake(inSeconds: 10));
    }

    [Fact]
    public void Call_without_time_is_refused_when_it_would_wait()
    {
        var pool = new PoolTable(new PoolSettings { Max = 1 });
        PoolTable.Refuses(pool.Acquire(withinSeconds: 0), Refusal.QueueTimeout, pool.Last);
    }

    [Fact]
    public void Slot_that_comes_with_the_deadline_is_granted()
    {
        var pool = new PoolTable(new PoolSettings { Max = 1 });
        var call = pool.Acquire(withinSeconds: 0.1);
        pool.After(0.099);
        PoolTable.Grants(call, pool.Booted(pool.Only(ExecutorPhase.Booting)));
    }

    [Fact]
    public void Lost_executor_takes_its_leases_with_it()
    {
        var pool = PoolTable.WithReady(2, new PoolSettings { Min = 2, Max = 2, MaxConcurrency = 3 });
        pool.Acquire(4);
        var lost = pool.In(ExecutorPhase.Ready)[0];
        pool.Gone(lost);
        Assert.Equal(2, pool.State.Leased);
        Assert.Empty(pool.Release(lost));
        Assert.Empty(pool.Gone(lost));
        Assert.Equal(2, pool.State.Leased);
    }

    [Fact]
    public void Second_release_of_an_empty_executor_is_ignored()
    {
        var pool = PoolTable.WithReady(1, new PoolSettings { Max = 1 });
        pool.Acquire();
        pool.Release(pool.Only(ExecutorPhase.Ready));
        pool.Release(pool.Only(ExecutorPhase.Ready));
        Assert.Equal((0, 0), (pool.State.Leased, pool.Only(ExecutorPhase.Ready).InUse));
    }

    [Fact]
    public void Call_goes_to_the_executor_that_has_just_become_the_least_loaded()
    {
        var pool = PoolTable.WithReady(2, new PoolSettings { Min = 2, Max = 2, MaxConcurrency = 3 });
        pool.Acquire(4);
        var second = pool.In(ExecutorPhase.Ready)[1];
        Assert.Equal(2, second.InUse);
        pool.Release(second);
        Assert.Same(second, PoolTable.Grants(pool.Acquire(), pool.Last));
    }

    [Fact]
    public void Call_without_a_limit_waits_on_while_no_boot_has_failed()
    {
        var pool = new PoolTable(new PoolSettings { Max = 1, BootTimeout = PoolTable.Seconds(30) });
        var waiting = pool.Acquire();
        Assert.Empty(pool.After(31));
        PoolTable.Grants(waiting, pool.Booted(pool.Only(ExecutorPhase.Booting)));
    }
}
