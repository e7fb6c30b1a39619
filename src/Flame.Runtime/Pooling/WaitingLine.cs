namespace Flame.Pooling;

/// <summary>The calls that wait, first come first served; any of them leaves at O(log n), without a search.</summary>
internal sealed class WaitingLine
{
    private readonly IndexedHeap<LeaseRequest, ByDeadline> _deadlines = new();
    private LeaseRequest? _last;

    public LeaseRequest? First { get; private set; }

    public int Count { get; private set; }

    public long NextDeadline => _deadlines.Count > 0 ? _deadlines.First.Deadline : long.MaxValue;

    public LeaseRequest? FirstOverdue(long now) => _deadlines.Count > 0 && _deadlines.First.Deadline <= now ? _deadlines.First : null;

    public IEnumerable<LeaseRequest> All()
    {
        for (var request = First; request is not null; request = request.Next) yield return request;
    }

    public void Add(LeaseRequest request, long now)
    {
        request.EnqueuedAt = now;
        request.Waiting = true;
        request.Previous = _last;
        request.Next = null;
        if (_last is null) First = request;
        else _last.Next = request;
        _last = request;
        Count++;
        if (request.Deadline != long.MaxValue) _deadlines.Add(request);
    }

    public void Remove(LeaseRequest request)
    {
        if (!request.Waiting) return;
        if (request.Previous is null) First = request.Next;
        else request.Previous.Next = request.Next;
        if (request.Next is null) _last = request.Previous;
        else request.Next.Previous = request.Previous;
        request.Previous = request.Next = null;
        request.Waiting = false;
        Count--;
        _deadlines.Remove(request);
    }
}
