namespace Flame.Pooling;

/// <summary>The ready executors without a call, the longest idle first.</summary>
internal sealed class IdleLine
{
    private ExecutorSlot? _last;

    public ExecutorSlot? First { get; private set; }

    public void Add(ExecutorSlot slot, long now)
    {
        slot.IdleSince = now;
        slot.IsIdle = true;
        slot.PreviousIdle = _last;
        slot.NextIdle = null;
        if (_last is null) First = slot;
        else _last.NextIdle = slot;
        _last = slot;
    }

    public void Remove(ExecutorSlot slot)
    {
        if (!slot.IsIdle) return;
        if (slot.PreviousIdle is null) First = slot.NextIdle;
        else slot.PreviousIdle.NextIdle = slot.NextIdle;
        if (slot.NextIdle is null) _last = slot.PreviousIdle;
        else slot.NextIdle.PreviousIdle = slot.PreviousIdle;
        slot.PreviousIdle = slot.NextIdle = null;
        slot.IsIdle = false;
    }
}
