namespace Flame.Pooling;

/// <summary>What a pool decides to do.</summary>
internal enum PoolEffectKind
{
    /// <summary>Give the request a slot on the executor.</summary>
    Grant,

    /// <summary>Tell the request that it gets none, and why.</summary>
    Refuse,

    /// <summary>Boot the executor.</summary>
    Boot,

    /// <summary>Tell the executor to finish and go.</summary>
    Drain,

    /// <summary>End the executor now: it did not go in time.</summary>
    Stop,

    /// <summary>The drained pool is empty. Said once.</summary>
    Drained,
}

/// <summary>Why a request got no slot.</summary>
internal enum Refusal
{
    /// <summary>Not refused.</summary>
    None,

    /// <summary>The queue is full.</summary>
    QueueFull,

    /// <summary>The pool is draining.</summary>
    Draining,

    /// <summary>The request's deadline passed.</summary>
    QueueTimeout,

    /// <summary>No executor is up and boots fail.</summary>
    BootFailed,
}

/// <summary>One thing to do.</summary>
internal readonly record struct PoolEffect(PoolEffectKind Kind, LeaseRequest? Request = null, ExecutorSlot? Slot = null, Refusal Refusal = Refusal.None);
