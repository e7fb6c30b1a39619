namespace Flame.Batching;

/// <summary>
/// What waits to be sent together: it goes when there is enough, or when the first has waited its time. Pure: the same
/// steps at the same instants give the same batches. Not thread-safe.
/// </summary>
/// <param name="max">The size of a batch that does not wait.</param>
/// <param name="wait">Ticks that the first may wait.</param>
internal sealed class BatchLine<T>(int max, long wait) where T : class
{
    private readonly List<(T Item, long Due)> _waiting = [];

    /// <summary>When the next batch goes at the latest; <see langword="null"/> while nothing waits.</summary>
    public long? NextDue => _waiting.Count == 0 ? null : _waiting[0].Due;

    /// <summary>Lets one more wait: the batch that it completes, if it does.</summary>
    public T[]? Add(T item, long now)
    {
        _waiting.Add((item, now + wait));
        return _waiting.Count >= max ? TakeAll() : null;
    }

    /// <summary>Whether it was waiting still; now it is not.</summary>
    public bool Remove(T item)
    {
        var index = _waiting.FindIndex(w => ReferenceEquals(w.Item, item));
        if (index >= 0) _waiting.RemoveAt(index);
        return index >= 0;
    }

    /// <summary>The batch whose time has come, if it has.</summary>
    public T[]? TakeDue(long now) => NextDue <= now ? TakeAll() : null;

    /// <summary>All that waits; <see langword="null"/> when nothing does.</summary>
    public T[]? TakeAll()
    {
        if (_waiting.Count == 0) return null;
        T[] batch = [.. _waiting.Select(w => w.Item)];
        _waiting.Clear();
        return batch;
    }
}
