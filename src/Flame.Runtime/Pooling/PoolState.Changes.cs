namespace Flame.Pooling;

// What changes a pool that lives. No call is ended by it: an executor that has some is told to go when it has none.
internal sealed partial class PoolState
{
    private void Reconfigure(PoolSettings settings, long now, List<PoolEffect> effects)
    {
        _settings = settings with { SingleUse = _settings.SingleUse };
        _concurrency = _settings.SingleUse ? 1 : settings.MaxConcurrency;
        if (_poolDrains) return;

        for (var missing = settings.Max - Ready - Booting; missing > 0 && Retiring(Retirement.Surplus) is { } slot; missing--) Keep(slot);
        for (var surplus = Ready + Booting - settings.Max; surplus > 0; surplus--) Retire(LeastMissed(), Retirement.Surplus, now, effects);
        foreach (var slot in _slots.Values)
        {
            if (slot.Phase == ExecutorPhase.Ready) Offer(slot);
        }
    }

    private void RetireAll(long now, List<PoolEffect> effects)
    {
        foreach (var slot in _slots.Values)
        {
            if (slot.Retires == Retirement.Surplus) slot.Retires = Retirement.Replaced;
            else if (slot.Phase is ExecutorPhase.Ready or ExecutorPhase.Booting) Retire(slot, Retirement.Replaced, now, effects);
        }
    }

    private void Retire(ExecutorSlot slot, Retirement why, long now, List<PoolEffect> effects)
    {
        Leave(slot, long.MaxValue);
        slot.Retires = why;
        if (slot.InUse == 0) TellToGo(slot, now, effects);
    }

    private void TellToGo(ExecutorSlot slot, long now, List<PoolEffect> effects)
    {
        SetDeadline(slot, now);
        effects.Add(new PoolEffect(PoolEffectKind.Drain, Slot: slot));
    }

    private void Keep(ExecutorSlot slot)
    {
        TakeOut(slot);
        slot.Retires = Retirement.No;
        slot.Phase = ExecutorPhase.Ready;
        Ready++;
    }

    // Of one that says itself that it goes, and of one that is lost: the pool has nothing more to tell it.
    private void LeaveNow(ExecutorSlot slot, long now)
    {
        if (slot.Retires != Retirement.No) SetDeadline(slot, now);
        else Leave(slot, Sum(now, _settings.ShutdownTimeout));
    }

    private void SetDeadline(ExecutorSlot slot, long now)
    {
        slot.Retires = Retirement.No;
        slot.DrainDeadline = Sum(now, _settings.ShutdownTimeout);
        _nextStop = Math.Min(_nextStop, slot.DrainDeadline);
    }

    private ExecutorSlot? Retiring(Retirement why)
    {
        foreach (var slot in _slots.Values)
        {
            if (slot.Retires == why) return slot;
        }

        return null;
    }

    // One that boots serves nobody yet, and the youngest has the least in its caches.
    private ExecutorSlot LeastMissed() => _slots.Values
        .Where(static slot => slot.Phase is ExecutorPhase.Booting or ExecutorPhase.Ready)
        .OrderByDescending(static slot => slot.Phase == ExecutorPhase.Booting).ThenBy(static slot => slot.InUse).ThenByDescending(static slot => slot.Number).First();
}
