namespace Flame.Links;

/// <summary>Items that have arrived and wait to be taken by one reader, in order. Credit keeps it short.</summary>
internal sealed class ItemQueue<TItem>
{
    private readonly Lock _gate = new();
    private readonly Queue<(TItem Item, int Cost)> _items = new();
    private TaskCompletionSource<bool>? _arrival;
    private Exception? _failure;
    private bool _ended;

    public bool HasEnded => Volatile.Read(ref _ended);

    /// <summary>Whether none waits. For the reader, who alone takes them away: without the gate it misses at most one that comes now.</summary>
    public bool IsEmpty => _items.Count == 0;

    public void Add(TItem item, int cost)
    {
        lock (_gate)
        {
            if (_ended) return;
            _items.Enqueue((item, cost));
            _arrival?.TrySetResult(true);
            _arrival = null;
        }
    }

    /// <summary>Nothing follows. The first end counts, unless a later one drops what has not been taken.</summary>
    public void End(Exception? failure = null, bool drop = false)
    {
        lock (_gate)
        {
            if (_ended && !drop) return;
            _ended = true;
            _failure = failure;
            if (drop) _items.Clear();
            if (_arrival is null) return;
            if (failure is null) _arrival.TrySetResult(false);
            else _arrival.TrySetException(failure);
            _arrival = null;
        }
    }

    public bool TryTake(out TItem item, out int cost)
    {
        lock (_gate)
        {
            var taken = _items.TryDequeue(out var next);
            (item, cost) = next;
            return taken;
        }
    }

    /// <summary>Waits for an item; false: none will come. Throws how it ended, if it failed.</summary>
    public Task<bool> MoreAsync()
    {
        lock (_gate)
        {
            if (_items.Count > 0) return Task.FromResult(true);
            if (_ended) return _failure is null ? Task.FromResult(false) : Task.FromException<bool>(_failure);
            return (_arrival ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }
}
