namespace Flame.Links;

/// <summary>
/// The calls in flight on one link, by an id that holds the index and a generation, so that adding, finding and
/// removing touch one array cell and a late frame of an earlier call finds nothing. Guarded by its owner.
/// </summary>
internal sealed class CallTable
{
    private readonly Stack<int> _free = new();
    private PendingCall?[] _calls = new PendingCall?[64];
    private uint[] _generations = new uint[64];
    private int _used;

    public ulong Add(PendingCall call)
    {
        if (!_free.TryPop(out var index))
        {
            index = _used++;
            if (index == _calls.Length)
            {
                Array.Resize(ref _calls, index * 2);
                Array.Resize(ref _generations, index * 2);
            }
        }

        _calls[index] = call;
        // Call id 0 means "no call" on the wire, so generations begin at 1.
        return ((ulong)++_generations[index] << 32) | (uint)index;
    }

    public PendingCall? Find(ulong id)
    {
        var index = (uint)id;
        return index < (uint)_used && _generations[index] == (uint)(id >> 32) ? _calls[index] : null;
    }

    public bool Remove(ulong id, PendingCall call)
    {
        if (Find(id) != call) return false;
        _calls[(int)(uint)id] = null;
        _free.Push((int)(uint)id);
        return true;
    }

    /// <summary>A call that was asked to stop before this beat, and has not been answered since.</summary>
    public PendingCall? Unanswered(uint before) =>
        Array.Find(_calls, call => call is { AskedToStop: > 0 } && call.AskedToStop < before);

    public PendingCall[] All() => Array.FindAll(_calls, static call => call is not null)!;

    public PendingCall[] TakeAll()
    {
        var all = All();
        Array.Clear(_calls);
        return all;
    }
}
