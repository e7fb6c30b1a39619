using Flame.Pooling;

namespace Flame.Model;

/// <summary>How large a pool's world is in which every state is looked at.</summary>
internal sealed record Bounds(int Max, int Concurrency, int Min, int Buffer, bool SingleUse, int Calls, int Troubles, int Pauses, int Changes = 0)
{
    /// <summary>What a pause takes, and a boot that failed for the first time.</summary>
    public static readonly long Unit = TimeSpan.FromMilliseconds(250).Ticks;

    public PoolSettings Settings { get; } = new()
    {
        Max = Max,
        MaxConcurrency = Concurrency,
        Min = Min,
        Buffer = Buffer,
        SingleUse = SingleUse,
        QueueLimit = 2,
        IdleShutdownAfter = 2 * Unit,
        MinIdleShutdownAfter = 3 * Unit,
        BootTimeout = 4 * Unit,
        ShutdownTimeout = 2 * Unit,
    };

    /// <summary>What a change makes of it: the smallest pool, until another makes it as it was.</summary>
    public PoolSettings Smaller => Settings with { Max = 1, MaxConcurrency = 1, Min = Math.Min(Min, 1), Buffer = Math.Min(Buffer, 1) };

    /// <summary>Every pool up to three executors with two calls each, the smallest first.</summary>
    public static IEnumerable<Bounds> All =>
        from max in Enumerable.Range(1, 3)
        from concurrency in Enumerable.Range(1, 2)
        from single in Enumerable.Range(0, 3 - concurrency)
        from min in Enumerable.Range(0, 2)
        from buffer in Enumerable.Range(0, Math.Min(max, 2))
        select new Bounds(max, concurrency, min, buffer, single == 1, Calls: 3, Troubles: max == 3 ? 1 : 2, Pauses: 1);

    public override string ToString() =>
        $"Max {Max}, MaxConcurrency {Concurrency}, Min {Min}, Buffer {Buffer}{(SingleUse ? ", SingleUse" : "")}; {Calls} calls, {Troubles} troubles, {Pauses} pauses{(Changes > 0 ? $", {Changes} changes" : "")}";
}

/// <summary>What can happen to a pool from without.</summary>
internal enum Act
{
    Start,
    Acquire,
    AcquireForAMoment,
    Release,
    ReleaseLate,
    Abandon,
    BootSucceeds,
    BootFails,
    BootFailsForGood,
    SaysItDrains,
    IsLost,
    IsGone,
    Tick,
    Pause,
    Drain,
    Change,
    DrainExecutors,
}

/// <summary>One of the things that can happen now; the number says to which executor or call.</summary>
internal readonly record struct Move(Act Act, int Of = 0)
{
    public ushort Code => (ushort)(((int)Act << 8) | Of);

    public static Move From(ushort code) => new((Act)(code >> 8), code & 0xFF);

    public override string ToString() => Act switch
    {
        Act.Start or Act.Acquire or Act.AcquireForAMoment or Act.Tick or Act.Pause or Act.Drain or Act.Change or Act.DrainExecutors or Act.ReleaseLate => $"{Act}",
        Act.Abandon => $"Abandon, number {Of + 1} of those that wait",
        _ => $"{Act}, executor {Of + 1} of those that are there",
    };
}

/// <summary>A bug that is planted between the pool's state and its world: the exploration must find it.</summary>
internal enum Planted
{
    None,

    /// <summary>A lease is given back twice.</summary>
    ReleasesTwice,

    /// <summary>Nobody tells the pool that an executor will go.</summary>
    HidesDrains,

    /// <summary>The pool is not woken in time for its last wish.</summary>
    ForgetsAbandoned,
}
