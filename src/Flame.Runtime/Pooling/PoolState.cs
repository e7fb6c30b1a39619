namespace Flame.Pooling;

/// <summary>
/// Every decision of a pool: admit, place, grow, shrink, refuse, drain. Pure in the sense that matters: the same
/// events at the same instants give the same effects, and nothing here waits, logs or touches the world. One owner
/// calls it under its lock.
/// </summary>
/// <remarks>
/// Size: <c>wanted = clamp(⌈(leased + waiting) / MaxConcurrency⌉ + (busy ? Buffer : 0), floor, Max)</c> after every
/// event, booting counts as present. Placement: the least loaded ready executor, then the longest-lived, so that load
/// is spread where executors exist anyway and the youngest fall idle first when demand falls.
/// </remarks>
internal sealed partial class PoolState(PoolSettings settings)
{
    private PoolSettings _settings = settings;
    private int _concurrency = settings.SingleUse ? 1 : settings.MaxConcurrency;
    private readonly Dictionary<int, ExecutorSlot> _slots = [];
    private readonly IndexedHeap<ExecutorSlot, ByLoad> _free = new();
    private readonly WaitingLine _line = new();
    private readonly IdleLine _idle = new();
    private readonly BootBackoff _backoff = new();
    private int _leasedByLeaving;
    private long _nextStop = long.MaxValue;
    private int _numbers;
    private long _activeAt;
    private bool _poolDrains;
    private bool _saidDrained;

    public int Ready { get; private set; }

    public int Booting { get; private set; }

    public int Draining { get; private set; }

    /// <summary>Leases of all executors that are not gone.</summary>
    public int Leased { get; private set; }

    public int Waiting => _line.Count;

    /// <summary>Who has waited longest.</summary>
    public LeaseRequest? FirstWaiting => _line.First;

    public IEnumerable<LeaseRequest> AllWaiting => _line.All();

    public int BootFailuresInARow => _backoff.FailuresInARow;

    public IEnumerable<ExecutorSlot> Slots => _slots.Values;

    /// <summary>When a <see cref="PoolEventKind.Tick"/> is due; <see cref="long.MaxValue"/>: never.</summary>
    public long NextWake { get; private set; } = long.MaxValue;

    public void On(in PoolEvent happened, long now, List<PoolEffect> effects)
    {
        if (Busy) _activeAt = now;
        switch (happened.Kind)
        {
            case PoolEventKind.Start:
                _activeAt = now;
                break;
            case PoolEventKind.Acquire:
                Acquire(happened.Request!, now, effects);
                break;
            case PoolEventKind.Release:
                Release(happened.Slot!, now, effects);
                break;
            case PoolEventKind.Abandon:
                _line.Remove(happened.Request!);
                break;
            case PoolEventKind.BootSucceeded:
                BootSucceeded(happened.Slot!, now);
                break;
            case PoolEventKind.BootFailed:
                BootFailed(happened, now, effects);
                break;
            case PoolEventKind.ExecutorDraining:
                LeaveNow(happened.Slot!, now);
                break;
            case PoolEventKind.ExecutorLost:
                _backoff.Left(happened.Slot!, _numbers, happened.Jitter, now);
                LeaveNow(happened.Slot!, now);
                break;
            case PoolEventKind.ExecutorGone:
                _backoff.Left(happened.Slot!, _numbers, happened.Jitter, now);
                Gone(happened.Slot!);
                break;
            case PoolEventKind.Drain:
                DrainAll(now, effects);
                break;
            case PoolEventKind.Reconfigure:
                Reconfigure(happened.Settings!, now, effects);
                break;
            case PoolEventKind.DrainExecutors:
                RetireAll(now, effects);
                break;
        }

        Settle(now, effects);
    }

    private void Acquire(LeaseRequest request, long now, List<PoolEffect> effects)
    {
        _activeAt = now;
        if (_poolDrains) Refuse(request, Refusal.Draining, effects);
        else if (_line.Count == 0 && _free.Count > 0) Grant(request, effects);
        else if (request.Deadline <= now) Refuse(request, Refusal.QueueTimeout, effects);
        else if (_line.Count >= _settings.QueueLimit) Refuse(request, Refusal.QueueFull, effects);
        else _line.Add(request, now);
    }

    private void Grant(LeaseRequest request, List<PoolEffect> effects)
    {
        var slot = _free.First;
        slot.InUse++;
        slot.Used = true;
        Leased++;
        _idle.Remove(slot);
        Offer(slot);
        effects.Add(new PoolEffect(PoolEffectKind.Grant, request, slot));
    }

    private void Release(ExecutorSlot slot, long now, List<PoolEffect> effects)
    {
        if (slot.Phase == ExecutorPhase.Gone || slot.InUse == 0) return;
        slot.InUse--;
        Leased--;
        if (slot.Phase == ExecutorPhase.Draining)
        {
            _leasedByLeaving--;
            if (slot is { Retires: not Retirement.No, InUse: 0 }) TellToGo(slot, now, effects);
        }

        if (slot.Phase != ExecutorPhase.Ready) return;
        if (_settings.SingleUse)
        {
            Drain(slot, now, effects);
            return;
        }

        Offer(slot);
        if (slot.InUse == 0) _idle.Add(slot, now);
    }

    private void Offer(ExecutorSlot slot)
    {
        // More than it may have: MaxConcurrency was higher when they came.
        if (slot.InUse >= _concurrency) _free.Remove(slot);
        else if (slot.HeapIndex < 0) _free.Add(slot);
        else _free.Moved(slot);
    }

    private void BootSucceeded(ExecutorSlot slot, long now)
    {
        if (slot.Phase != ExecutorPhase.Booting) return;
        slot.Phase = ExecutorPhase.Ready;
        Booting--;
        Ready++;
        _backoff.Succeeded(slot, now);
        _free.Add(slot);
        _idle.Add(slot, now);
    }

    private void BootFailed(in PoolEvent happened, long now, List<PoolEffect> effects)
    {
        var phase = happened.Slot!.Phase;
        Gone(happened.Slot);

        // One that was told to go while it booted has not failed.
        if (phase != ExecutorPhase.Booting) return;
        _backoff.Failed(happened.Slot, _numbers, happened.Jitter, now);
        if (!happened.Permanent || Ready > 0 || Booting > 0) return;
        while (_line.First is { } waiting) RefuseWaiting(waiting, Refusal.BootFailed, effects);
    }

    // Of one that is ready.
    private void Drain(ExecutorSlot slot, long now, List<PoolEffect> effects)
    {
        Leave(slot, Sum(now, _settings.ShutdownTimeout));
        effects.Add(new PoolEffect(PoolEffectKind.Drain, Slot: slot));
    }

    private void Leave(ExecutorSlot slot, long deadline)
    {
        if (slot.Phase is ExecutorPhase.Draining or ExecutorPhase.Gone) return;
        TakeOut(slot);
        slot.Phase = ExecutorPhase.Draining;
        slot.DrainDeadline = deadline;
        Draining++;
        _leasedByLeaving += slot.InUse;
        _nextStop = Math.Min(_nextStop, deadline);
    }

    private void Gone(ExecutorSlot slot)
    {
        if (slot.Phase == ExecutorPhase.Gone) return;
        TakeOut(slot);
        slot.Phase = ExecutorPhase.Gone;
        _slots.Remove(slot.Number);
        Leased -= slot.InUse;
        slot.InUse = 0;
    }

    private void TakeOut(ExecutorSlot slot)
    {
        if (slot.Phase == ExecutorPhase.Booting) Booting--;
        if (slot.Phase == ExecutorPhase.Ready) Ready--;
        if (slot.Phase == ExecutorPhase.Draining)
        {
            Draining--;
            _leasedByLeaving -= slot.InUse;
            if (Draining == 0) _nextStop = long.MaxValue;
        }

        _free.Remove(slot);
        _idle.Remove(slot);
        slot.Retires = Retirement.No;
    }

    /// <summary>What follows from the state, whatever event led to it.</summary>
    private void Settle(long now, List<PoolEffect> effects)
    {
        while (_free.Count > 0 && _line.First is { } waiting)
        {
            _line.Remove(waiting);
            Grant(waiting, effects);
        }

        while (_line.FirstOverdue(now) is { } overdue) RefuseWaiting(overdue, Refusal.QueueTimeout, effects);
        while (BootsFail && _line.First is { } hopeless && now - hopeless.EnqueuedAt >= _settings.BootTimeout)
            RefuseWaiting(hopeless, Refusal.BootFailed, effects);

        if (!_poolDrains)
        {
            Shrink(now, effects);
            Grow(now, effects);
        }

        if (now >= _nextStop) StopOverdue(now, effects);
        if (_poolDrains) SayDrained(effects);
        NextWake = Wake(now);
    }

    private bool BootsFail => Ready == 0 && BootFailuresInARow > 0;

    private bool Busy => Leased + _line.Count > 0;

    // Leases that an executor on its way out still holds need no executor that is not there.
    private int Wanted(long now)
    {
        var demand = _line.Count + (long)Leased - _leasedByLeaving;
        var wanted = ((demand + _concurrency - 1) / _concurrency) + (Busy ? _settings.Buffer : 0);
        return (int)Math.Clamp(wanted, Floor(now), _settings.Max);
    }

    private int Floor(long now) => Busy || now < Sum(_activeAt, _settings.MinIdleShutdownAfter) ? _settings.Min : 0;

    private void Grow(long now, List<PoolEffect> effects)
    {
        if (now < _backoff.Until) return;
        var missing = Math.Min(Wanted(now) - Ready - Booting, _settings.Max - Ready - Booting - Draining);
        for (; missing > 0; missing--)
        {
            var slot = new ExecutorSlot(++_numbers);
            _slots.Add(slot.Number, slot);
            Booting++;
            effects.Add(new PoolEffect(PoolEffectKind.Boot, Slot: slot));
        }
    }

    // An executor that boots is no reason to end one that is up: the boot can fail.
    private void Shrink(long now, List<PoolEffect> effects)
    {
        while (_idle.First is { } slot && now >= Sum(slot.IdleSince, IdleLimit(now)) && Ready > Wanted(now)) Drain(slot, now, effects);
    }

    // Once the pool as a whole has been idle for MinIdleShutdownAfter, the last ones have waited long enough.
    private long IdleLimit(long now) => Floor(now) < _settings.Min ? Math.Min(_settings.IdleShutdownAfter, _settings.MinIdleShutdownAfter) : _settings.IdleShutdownAfter;

    private void DrainAll(long now, List<PoolEffect> effects)
    {
        _poolDrains = true;
        while (_line.First is { } waiting) RefuseWaiting(waiting, Refusal.Draining, effects);
        foreach (var slot in _slots.Values)
        {
            if (slot.Phase == ExecutorPhase.Ready) Drain(slot, now, effects);
            else if (slot.Retires != Retirement.No) TellToGo(slot, now, effects);
            else Leave(slot, now);
        }
    }

    private void SayDrained(List<PoolEffect> effects)
    {
        if (_slots.Count > 0 || _saidDrained) return;
        _saidDrained = true;
        effects.Add(new PoolEffect(PoolEffectKind.Drained));
    }

    private void StopOverdue(long now, List<PoolEffect> effects)
    {
        _nextStop = long.MaxValue;
        foreach (var slot in _slots.Values)
        {
            if (slot.Phase != ExecutorPhase.Draining) continue;
            if (now >= slot.DrainDeadline)
            {
                slot.DrainDeadline = long.MaxValue;
                effects.Add(new PoolEffect(PoolEffectKind.Stop, Slot: slot));
            }

            _nextStop = Math.Min(_nextStop, slot.DrainDeadline);
        }
    }

    private long Wake(long now)
    {
        var wake = Math.Min(_line.NextDeadline, _nextStop);
        if (_poolDrains) return wake;

        if (BootsFail && _line.First is { } first) wake = Math.Min(wake, Sum(first.EnqueuedAt, _settings.BootTimeout));
        if (now < _backoff.Until && Wanted(now) > Ready + Booting) wake = Math.Min(wake, _backoff.Until);
        if (_idle.First is { } idle)
        {
            if (Ready > Wanted(now)) wake = Math.Min(wake, Sum(idle.IdleSince, IdleLimit(now)));
            if (!Busy && Floor(now) > 0) wake = Math.Min(wake, Sum(_activeAt, _settings.MinIdleShutdownAfter));
        }

        return wake;
    }

    private void RefuseWaiting(LeaseRequest request, Refusal refusal, List<PoolEffect> effects)
    {
        _line.Remove(request);
        Refuse(request, refusal, effects);
    }

    private static void Refuse(LeaseRequest request, Refusal refusal, List<PoolEffect> effects) =>
        effects.Add(new PoolEffect(PoolEffectKind.Refuse, request, Refusal: refusal));

    private static long Sum(long instant, long span) => span == long.MaxValue ? long.MaxValue : instant + span;
}
