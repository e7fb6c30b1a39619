namespace Flame.Pooling;

/// <summary>What can happen to a pool.</summary>
internal enum PoolEventKind
{
    /// <summary>The pool starts: it boots its minimum.</summary>
    Start,

    /// <summary>A call asks for a slot.</summary>
    Acquire,

    /// <summary>A call gives its slot back.</summary>
    Release,

    /// <summary>A waiting call does not want its slot any more. Ignored when the grant was first.</summary>
    Abandon,

    /// <summary>A boot ended well.</summary>
    BootSucceeded,

    /// <summary>A boot failed; nothing of it is left.</summary>
    BootFailed,

    /// <summary>The executor said that it takes nothing more: its platform ends it, or a call is stuck.</summary>
    ExecutorDraining,

    /// <summary>The executor's link is lost: it takes nothing more, and its calls are being told.</summary>
    ExecutorLost,

    /// <summary>The executor is gone with the leases that it still held.</summary>
    ExecutorGone,

    /// <summary><see cref="PoolState.NextWake"/> has come.</summary>
    Tick,

    /// <summary>The pool ends: refuse who waits, let running calls end.</summary>
    Drain,

    /// <summary>The pool's options are others from now on.</summary>
    Reconfigure,

    /// <summary>The executors that are there take nothing more, and go when they have nothing left; others come in their place.</summary>
    DrainExecutors,
}

/// <summary>One thing that happened. A value: posting it allocates nothing.</summary>
internal readonly record struct PoolEvent(PoolEventKind Kind)
{
    public LeaseRequest? Request { get; init; }

    public ExecutorSlot? Slot { get; init; }

    /// <summary>For <see cref="PoolEventKind.BootFailed"/>: another try cannot help.</summary>
    public bool Permanent { get; init; }

    /// <summary>For <see cref="PoolEventKind.Reconfigure"/>: what they are.</summary>
    public PoolSettings? Settings { get; init; }

    /// <summary>For the events that can lead to a backoff: a random number in [0, 1), so that decisions stay pure.</summary>
    public double Jitter { get; init; }
}
