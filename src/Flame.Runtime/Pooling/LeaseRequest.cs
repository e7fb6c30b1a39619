namespace Flame.Pooling;

/// <summary>
/// A call that asks a pool for a slot. A call derives from it, so that asking allocates nothing. The fields belong to
/// <see cref="PoolState"/> while the request waits.
/// </summary>
internal class LeaseRequest
{
    /// <summary>The instant after which the request is refused, in ticks of the pool's clock; <see cref="long.MaxValue"/>: never.</summary>
    public long Deadline = long.MaxValue;

    internal long EnqueuedAt;
    internal LeaseRequest? Next;
    internal LeaseRequest? Previous;
    internal int DeadlineHeapIndex = -1;
    internal bool Waiting;
}
