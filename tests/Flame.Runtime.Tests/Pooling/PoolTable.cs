using Flame.Pooling;
using Xunit;

namespace Flame.Tests.Pooling;

/// <summary>A pool's decisions with a clock that stands still until it is told to go; every step returns what it led to.</summary>
internal sealed class PoolTable
{
    private readonly List<PoolEffect> _effects = [];

    public PoolTable(PoolSettings settings)
    {
        State = new PoolState(settings);
        Does(new PoolEvent(PoolEventKind.Start));
    }

    public PoolState State { get; }

    public long Now { get; private set; } = Seconds(1000);

    public PoolEffect[] Last => [.. _effects];

    public static long Seconds(double seconds) => (long)(seconds * TimeSpan.TicksPerSecond);

    public static PoolTable WithReady(int executors, PoolSettings settings)
    {
        var pool = new PoolTable(settings);
        for (var tries = 0; pool.State.Ready < executors; tries++)
        {
            Assert.True(tries < 100, "the pool does not grow");
            if (pool.State.Booting == 0) pool.Acquire();
            foreach (var slot in pool.In(ExecutorPhase.Booting)) pool.Booted(slot);
        }

        foreach (var slot in pool.In(ExecutorPhase.Ready))
        {
            for (var held = slot.InUse; held > 0; held--) pool.Release(slot);
            Assert.Equal(0, slot.InUse);
        }

        return pool;
    }

    public ExecutorSlot[] In(ExecutorPhase phase) => [.. State.Slots.Where(slot => slot.Phase == phase)];

    public ExecutorSlot Only(ExecutorPhase phase) => Assert.Single(In(phase));

    public PoolEffect[] Does(PoolEvent happened)
    {
        _effects.Clear();
        State.On(happened, Now, _effects);
        return Last;
    }

    public LeaseRequest Acquire(double? withinSeconds = null)
    {
        var request = new LeaseRequest { Deadline = withinSeconds is { } within ? Now + Seconds(within) : long.MaxValue };
        Does(new PoolEvent(PoolEventKind.Acquire) { Request = request });
        return request;
    }

    public LeaseRequest[] Acquire(int times) => [.. Enumerable.Range(0, times).Select(_ => Acquire(withinSeconds: null))];

    public PoolEffect[] Release(ExecutorSlot slot) => Does(new PoolEvent(PoolEventKind.Release) { Slot = slot });

    public PoolEffect[] Abandon(LeaseRequest request) => Does(new PoolEvent(PoolEventKind.Abandon) { Request = request });

    public PoolEffect[] Booted(ExecutorSlot slot) => Does(new PoolEvent(PoolEventKind.BootSucceeded) { Slot = slot });

    public PoolEffect[] BootFailed(ExecutorSlot slot, bool permanent = false, double jitter = 1) =>
        Does(new PoolEvent(PoolEventKind.BootFailed) { Slot = slot, Permanent = permanent, Jitter = jitter });

    public PoolEffect[] SaysItDrains(ExecutorSlot slot) => Does(new PoolEvent(PoolEventKind.ExecutorDraining) { Slot = slot });

    public PoolEffect[] Lost(ExecutorSlot slot) => Does(new PoolEvent(PoolEventKind.ExecutorLost) { Slot = slot, Jitter = 1 });

    public PoolEffect[] Gone(ExecutorSlot slot) => Does(new PoolEvent(PoolEventKind.ExecutorGone) { Slot = slot, Jitter = 1 });

    public PoolEffect[] Reconfigure(PoolSettings settings) => Does(new PoolEvent(PoolEventKind.Reconfigure) { Settings = settings });

    public PoolEffect[] DrainExecutors() => Does(new PoolEvent(PoolEventKind.DrainExecutors));

    public PoolEffect[] Drain() => Does(new PoolEvent(PoolEventKind.Drain));

    public PoolEffect[] Tick() => Does(new PoolEvent(PoolEventKind.Tick));

    public PoolEffect[] After(double seconds)
    {
        Now += Seconds(seconds);
        return Tick();
    }

    /// <summary>Sleeps until the pool wants to be woken, as its owner does.</summary>
    public PoolEffect[] AtNextWake(double inSeconds)
    {
        Assert.Equal(inSeconds, (State.NextWake - Now) / (double)TimeSpan.TicksPerSecond, precision: 4);
        Now = State.NextWake;
        return Tick();
    }

    public void Counts(int ready = 0, int booting = 0, int draining = 0) =>
        Assert.Equal((ready, booting, draining), (State.Ready, State.Booting, State.Draining));

    public static void Boots(int executors, PoolEffect[] effects) =>
        Assert.Equal(Enumerable.Repeat(PoolEffectKind.Boot, executors), effects.Select(effect => effect.Kind));

    public static ExecutorSlot Grants(LeaseRequest request, PoolEffect[] effects) =>
        Assert.Single(effects, effect => effect.Kind == PoolEffectKind.Grant && effect.Request == request).Slot!;

    public static void Refuses(LeaseRequest request, Refusal refusal, PoolEffect[] effects) =>
        Assert.Equal(refusal, Assert.Single(effects, effect => effect.Kind == PoolEffectKind.Refuse && effect.Request == request).Refusal);
}
