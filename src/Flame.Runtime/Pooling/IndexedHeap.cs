namespace Flame.Pooling;

/// <summary>How a heap orders its items, and where each keeps its place, so that any item leaves in O(log n).</summary>
internal interface IHeapOrder<T>
{
    static abstract bool Before(T left, T right);

    static abstract ref int Place(T item);
}

/// <summary>A binary heap whose items know their place; -1 when they are in none.</summary>
internal sealed class IndexedHeap<T, TOrder>
    where T : class
    where TOrder : struct, IHeapOrder<T>
{
    private T[] _items = new T[16];

    public int Count { get; private set; }

    public T First => _items[0];

    public void Add(T item)
    {
        if (Count == _items.Length) Array.Resize(ref _items, Count * 2);
        Put(item, Count++);
        Up(item);
    }

    public void Remove(T item)
    {
        var place = TOrder.Place(item);
        if (place < 0) return;
        TOrder.Place(item) = -1;
        var last = _items[--Count];
        _items[Count] = null!;
        if (ReferenceEquals(last, item)) return;
        Put(last, place);
        Moved(last);
    }

    /// <summary>Puts an item back in order after what it is ordered by has changed.</summary>
    public void Moved(T item)
    {
        Up(item);
        Down(item);
    }

    private void Up(T item)
    {
        var place = TOrder.Place(item);
        while (place > 0)
        {
            var parent = (place - 1) / 2;
            if (!TOrder.Before(item, _items[parent])) break;
            Put(_items[parent], place);
            place = parent;
        }

        Put(item, place);
    }

    private void Down(T item)
    {
        var place = TOrder.Place(item);
        while (true)
        {
            var child = (place * 2) + 1;
            if (child >= Count) break;
            if (child + 1 < Count && TOrder.Before(_items[child + 1], _items[child])) child++;
            if (!TOrder.Before(_items[child], item)) break;
            Put(_items[child], place);
            place = child;
        }

        Put(item, place);
    }

    private void Put(T item, int place)
    {
        _items[place] = item;
        TOrder.Place(item) = place;
    }
}

/// <summary>Executors with a free slot: the least loaded first, then the longest-lived.</summary>
internal readonly struct ByLoad : IHeapOrder<ExecutorSlot>
{
    public static bool Before(ExecutorSlot left, ExecutorSlot right) =>
        left.InUse != right.InUse ? left.InUse < right.InUse : left.Number < right.Number;

    public static ref int Place(ExecutorSlot item) => ref item.HeapIndex;
}

/// <summary>Waiting calls by the instant at which they give up.</summary>
internal readonly struct ByDeadline : IHeapOrder<LeaseRequest>
{
    public static bool Before(LeaseRequest left, LeaseRequest right) => left.Deadline < right.Deadline;

    public static ref int Place(LeaseRequest item) => ref item.DeadlineHeapIndex;
}
