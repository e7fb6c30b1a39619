namespace Flame.Pooling;

/// <summary>The life of an executor as its pool sees it.</summary>
internal enum ExecutorPhase
{
    /// <summary>Asked for; takes nothing yet.</summary>
    Booting,

    /// <summary>Up; takes leases.</summary>
    Ready,

    /// <summary>Takes nothing more; ends when its leases are back.</summary>
    Draining,

    /// <summary>Gone; whatever still arrives about it is ignored.</summary>
    Gone,
}

/// <summary>Why an executor takes nothing more, though it has not been told: it is, when its last call has ended.</summary>
internal enum Retirement
{
    /// <summary>It takes calls, or has been told.</summary>
    No,

    /// <summary>The pool was made smaller. It stays if the pool grows again before it is told.</summary>
    Surplus,

    /// <summary>Another shall come in its place.</summary>
    Replaced,
}

/// <summary>The pool's view of one executor. Written by <see cref="PoolState"/> alone.</summary>
internal sealed class ExecutorSlot(int number)
{
    /// <summary>The number in the executor's name, from 1, never used again.</summary>
    public int Number { get; } = number;

    /// <summary>Where it is in its life.</summary>
    public ExecutorPhase Phase { get; internal set; }

    /// <summary>Leases held.</summary>
    public int InUse { get; internal set; }

    /// <summary>Who boots and ends it; of no interest to the decisions.</summary>
    public object? Owner { get; set; }

    /// <summary>The link, once it is up; of no interest to the decisions.</summary>
    public object? Link { get; set; }

    /// <summary>The span of the call that waits for its boot, if one does and is seen; of no interest to the decisions.</summary>
    public object? BootedFor { get; set; }

    internal bool Used;
    internal long ReadySince;
    internal int FailuresBefore;
    internal bool IsIdle;
    internal long IdleSince;
    internal long DrainDeadline = long.MaxValue;
    internal Retirement Retires;
    internal int HeapIndex = -1;
    internal ExecutorSlot? NextIdle;
    internal ExecutorSlot? PreviousIdle;
}
