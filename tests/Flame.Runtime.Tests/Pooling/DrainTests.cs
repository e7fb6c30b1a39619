using Flame.Pooling;
using Xunit;

namespace Flame.Tests.Pooling;

public sealed class DrainTests
{
    [Fact]
    public void Empty_pool_is_drained_at_once_and_says_so_once()
    {
        var pool = new PoolTable(new PoolSettings { Max = 1 });
        Assert.Equal(PoolEffectKind.Drained, Assert.Single(pool.Drain()).Kind);
        Assert.Empty(pool.Drain());
        Assert.Empty(pool.After(100));
    }

    [Fact]
    public void Waiters_are_refused_and_running_calls_end()
    {
        var pool = PoolTable.WithReady(1, new PoolSettings { Min = 1, Max = 1 });
        var slot = PoolTable.Grants(pool.Acquire(), pool.Last);
        var waiting = pool.Acquire();
        var effects = pool.Drain();
        PoolTable.Refuses(waiting, Refusal.Draining, effects);
        Assert.Contains(effects, effect => effect.Kind == PoolEffectKind.Drain && effect.Slot == slot);
        Assert.Empty(pool.Release(slot));
        Assert.Equal(PoolEffectKind.Drained, Assert.Single(pool.Gone(slot)).Kind);
    }

    [Fact]
    public void Calls_after_the_drain_are_refused()
    {
        var pool = PoolTable.WithReady(1, new PoolSettings { Min = 1, Max = 1 });
        pool.Drain();
        PoolTable.Refuses(pool.Acquire(), Refusal.Draining, pool.Last);
    }

    [Fact]
    public void Boots_are_stopped_and_their_late_success_is_ignored()
    {
        var pool = new PoolTable(new PoolSettings { Min = 1, Max = 1 });
        var slot = pool.Only(ExecutorPhase.Booting);
        Assert.Equal(PoolEffectKind.Stop, Assert.Single(pool.Drain()).Kind);
        Assert.Empty(pool.Booted(slot));
        pool.Counts(draining: 1);
        Assert.Equal(PoolEffectKind.Drained, Assert.Single(pool.BootFailed(slot)).Kind);
        pool.Counts();
    }

    [Fact]
    public void Running_calls_have_until_ShutdownTimeout()
    {
        var pool = PoolTable.WithReady(1, new PoolSettings { Min = 1, Max = 1, ShutdownTimeout = PoolTable.Seconds(7) });
        pool.Acquire();
        pool.Drain();
        Assert.Equal(PoolEffectKind.Stop, Assert.Single(pool.AtNextWake(inSeconds: 7)).Kind);
        Assert.Equal(long.MaxValue, pool.State.NextWake);
    }
}
