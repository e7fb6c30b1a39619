namespace Flame.Observation;

/// <summary>The executors of a pool that ended last, and how. Thread-safe.</summary>
internal sealed class EndedExecutors
{
    private const int Kept = 20;

    private readonly Lock _gate = new();
    private readonly Queue<ExecutorView> _ended = new();

    public void Add(ExecutorView executor)
    {
        lock (_gate)
        {
            _ended.Enqueue(executor);
            if (_ended.Count > Kept) _ended.Dequeue();
        }
    }

    /// <summary>Latest first.</summary>
    public ExecutorView[] View()
    {
        lock (_gate) return [.. _ended.Reverse()];
    }
}
