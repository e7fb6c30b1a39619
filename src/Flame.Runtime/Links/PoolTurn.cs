namespace Flame.Links;

/// <summary>
/// Tells whether the thread pool gets to what it is given: passes once the pool has taken a few items one after another,
/// each queued behind all that waited. What had arrived for this process before has been seen by then, on every carrier.
/// </summary>
/// <param name="passed">Called at the end of each turn, on the pool.</param>
/// <param name="queue">Another pool.</param>
internal sealed class PoolTurn(Action passed, Action<IThreadPoolWorkItem>? queue = null) : IThreadPoolWorkItem
{
    // Bytes that come by HTTP/2 go through so many hands until they are frames, and each is a work item.
    internal const int Hops = 8;

    private int _left;

    /// <summary>Never while one is under way.</summary>
    public void Begin()
    {
        _left = Hops;
        Queue();
    }

    /// <summary>Completes when what has arrived so far was seen: after a wait that ended by the clock, which says nothing of a process that was late itself.</summary>
    public static Task PassAsync()
    {
        var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new PoolTurn(passed.SetResult).Begin();
        return passed.Task;
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (--_left > 0) Queue();
        else passed();
    }

    private void Queue()
    {
        if (queue is not null) queue(this);
        else ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
