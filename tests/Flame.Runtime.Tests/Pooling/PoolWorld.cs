using Flame.Pooling;
using Xunit;

namespace Flame.Tests.Pooling;

/// <summary>The world around a pool, with books of its own: what it holds of executors and calls must be what the pool says.</summary>
internal sealed class PoolWorld(PoolSettings settings)
{
    private readonly PoolState _state = new(settings);
    private readonly List<PoolEffect> _effects = [];
    private readonly List<LeaseRequest> _waiting = [];
    private readonly List<(LeaseRequest Request, ExecutorSlot Slot)> _leases = [];
    private readonly Dictionary<ExecutorSlot, ExecutorPhase> _executors = [];
    private readonly List<ExecutorSlot> _gone = [];
    private readonly HashSet<LeaseRequest> _ended = [];
    private readonly HashSet<ExecutorSlot> _retiring = [];
    private readonly bool _singleUse = settings.SingleUse;
    private int _concurrency = settings.SingleUse ? 1 : settings.MaxConcurrency;
    private bool _hasChanged;
    private int _mostWaiting = settings.QueueLimit;
    private long _now = PoolTable.Seconds(1000);
    private bool _drains;
    private int _drained;

    public void Start() => On(new PoolEvent(PoolEventKind.Start));

    public void Step(int act, int pick, int amount)
    {
        switch (act)
        {
            case 0 or 1 or 2: Acquire(amount % 3 == 0 ? _now + PoolTable.Seconds(amount) : long.MaxValue); break;
            case 3 or 4: Release(pick); break;
            case 5: Abandon(pick); break;
            case 6 or 7: Each(ExecutorPhase.Booting, pick, Booted); break;
            case 8: Each(ExecutorPhase.Booting, pick, slot => BootFailed(slot, amount % 4 == 0, amount / 20.0)); break;
            case 9: Each(amount < 15 ? ExecutorPhase.Ready : ExecutorPhase.Draining, pick, SaysItDrains); break;
            case 10: Each(ExecutorPhase.Ready, pick, amount % 2 == 0 ? Gone : Lost); break;
            case 11 or 12: Each(ExecutorPhase.Draining, pick, Gone); break;
            case 13: Pass(PoolTable.Seconds(amount)); break;
            case 14: Late(pick, amount); break;
            case 15: if (amount == 7) Drain(); break;
        }
    }

    public void Reconfigure(PoolSettings other)
    {
        settings = other;
        _hasChanged = true;
        _concurrency = _singleUse ? 1 : other.MaxConcurrency;

        // Who waits already goes on waiting.
        _mostWaiting = Math.Max(other.QueueLimit, _waiting.Count);
        On(new PoolEvent(PoolEventKind.Reconfigure) { Settings = other });
    }

    public void DrainExecutors()
    {
        foreach (var (slot, phase) in _executors.ToArray())
        {
            if (phase == ExecutorPhase.Draining) continue;
            _executors[slot] = ExecutorPhase.Draining;
            if (_leases.Exists(lease => lease.Slot == slot)) _retiring.Add(slot);
        }

        On(new PoolEvent(PoolEventKind.DrainExecutors));
    }

    /// <summary>Nothing fails any more: all that wait are served, then the pool drains to nothing.</summary>
    public void End()
    {
        for (var round = 0; _waiting.Count > 0; round++)
        {
            Assert.True(round < 1000, "waiting calls are not served");
            foreach (var slot in In(ExecutorPhase.Booting)) Booted(slot);
            while (_leases.Count > 0) Release(0);
            foreach (var slot in In(ExecutorPhase.Draining)) Gone(slot);
            if (_waiting.Count > 0 && In(ExecutorPhase.Booting).Length == 0) Pass(PoolTable.Seconds(31));
            _mostWaiting = Math.Max(settings.QueueLimit, _waiting.Count);
        }

        Drain();
        while (_leases.Count > 0) Release(0);
        foreach (var slot in _executors.Keys.ToArray()) Gone(slot);
        Assert.Equal((0, 0, 0, 0), (_state.Ready, _state.Booting, _state.Draining, _state.Leased));
        Assert.Equal(1, _drained);
        Assert.Equal(long.MaxValue, _state.NextWake);
    }

    private ExecutorSlot[] In(ExecutorPhase phase) => [.. _executors.Where(executor => executor.Value == phase).Select(executor => executor.Key)];

    private void Each(ExecutorPhase phase, int pick, Action<ExecutorSlot> act)
    {
        var slots = In(phase);
        if (slots.Length > 0) act(slots[pick % slots.Length]);
    }

    private void Acquire(long deadline)
    {
        var request = new LeaseRequest { Deadline = deadline };
        _waiting.Add(request);
        On(new PoolEvent(PoolEventKind.Acquire) { Request = request });
    }

    private void Release(int pick)
    {
        if (_leases.Count == 0) return;
        var slot = _leases[pick % _leases.Count].Slot;
        _leases.RemoveAt(pick % _leases.Count);
        On(new PoolEvent(PoolEventKind.Release) { Slot = slot });
    }

    private void Abandon(int pick)
    {
        if (_waiting.Count == 0) return;
        var request = _waiting[pick % _waiting.Count];
        End(request);
        On(new PoolEvent(PoolEventKind.Abandon) { Request = request });
    }

    private void Booted(ExecutorSlot slot)
    {
        _executors[slot] = ExecutorPhase.Ready;
        On(new PoolEvent(PoolEventKind.BootSucceeded) { Slot = slot });
    }

    private void BootFailed(ExecutorSlot slot, bool permanent, double jitter)
    {
        Forget(slot);
        On(new PoolEvent(PoolEventKind.BootFailed) { Slot = slot, Permanent = permanent, Jitter = jitter });
    }

    private void SaysItDrains(ExecutorSlot slot)
    {
        _executors[slot] = ExecutorPhase.Draining;
        _retiring.Remove(slot);
        On(new PoolEvent(PoolEventKind.ExecutorDraining) { Slot = slot });
    }

    private void Lost(ExecutorSlot slot)
    {
        _executors[slot] = ExecutorPhase.Draining;
        _retiring.Remove(slot);
        On(new PoolEvent(PoolEventKind.ExecutorLost) { Slot = slot });
    }

    private void Gone(ExecutorSlot slot)
    {
        Forget(slot);
        On(new PoolEvent(PoolEventKind.ExecutorGone) { Slot = slot });
    }

    private void Forget(ExecutorSlot slot)
    {
        _leases.RemoveAll(lease => lease.Slot == slot);
        _executors.Remove(slot);
        _retiring.Remove(slot);
        _gone.Add(slot);
    }

    private void Late(int pick, int amount)
    {
        if (_gone.Count == 0) return;
        var kinds = (PoolEventKind[])[PoolEventKind.Release, PoolEventKind.BootSucceeded, PoolEventKind.BootFailed, PoolEventKind.ExecutorDraining, PoolEventKind.ExecutorLost, PoolEventKind.ExecutorGone];
        On(new PoolEvent(kinds[amount % kinds.Length]) { Slot = _gone[pick % _gone.Count] });
    }

    private void Drain()
    {
        _drains = true;
        foreach (var slot in _executors.Keys.ToArray()) _executors[slot] = ExecutorPhase.Draining;
        On(new PoolEvent(PoolEventKind.Drain));
    }

    private void Pass(long span)
    {
        var until = _now + span;
        for (var ticks = 0; _state.NextWake <= until; ticks++)
        {
            Assert.True(ticks < 500, "a busy loop of wakes");
            _now = _state.NextWake;
            On(new PoolEvent(PoolEventKind.Tick));
        }

        _now = until;
    }

    private void On(PoolEvent happened)
    {
        _effects.Clear();
        _state.On(happened, _now, _effects);
        if (happened.Kind == PoolEventKind.Reconfigure && !_drains) BookSize();
        foreach (var effect in _effects) Book(effect);
        if (happened.Kind == PoolEventKind.Drain) _retiring.Clear();
        Check();
    }

    /// <summary>Of which executors take calls, the pool decides by itself; here only how many, and that none is idle that goes on being one of them.</summary>
    private void BookSize()
    {
        foreach (var (slot, phase) in _executors.ToArray())
        {
            if (phase != ExecutorPhase.Draining && slot.Phase == ExecutorPhase.Draining)
            {
                _executors[slot] = ExecutorPhase.Draining;
                if (_leases.Exists(lease => lease.Slot == slot)) _retiring.Add(slot);
                else Assert.Contains(_effects, effect => effect.Kind == PoolEffectKind.Drain && effect.Slot == slot);
            }
            else if (phase == ExecutorPhase.Draining && slot.Phase == ExecutorPhase.Ready)
            {
                Assert.True(_retiring.Remove(slot), "an executor that was told to go takes calls again");
                _executors[slot] = ExecutorPhase.Ready;
            }
        }
    }

    private void Book(PoolEffect effect)
    {
        switch (effect.Kind)
        {
            case PoolEffectKind.Grant:
                Assert.Same(_waiting[0], effect.Request);
                Assert.Equal(ExecutorPhase.Ready, _executors[effect.Slot!]);
                Assert.True(_leases.Count(lease => lease.Slot == effect.Slot) < _concurrency, "more calls than MaxConcurrency");
                End(effect.Request!);
                _leases.Add((effect.Request!, effect.Slot!));
                break;
            case PoolEffectKind.Refuse:
                End(effect.Request!);
                break;
            case PoolEffectKind.Boot:
                Assert.False(_drains);
                Assert.True(_executors.Count < settings.Max, "a boot beyond Max");
                _executors.Add(effect.Slot!, ExecutorPhase.Booting);
                break;
            case PoolEffectKind.Drain:
                Assert.True(_drains || !_leases.Exists(lease => lease.Slot == effect.Slot), "a busy executor is reaped");
                _retiring.Remove(effect.Slot!);
                _executors[effect.Slot!] = ExecutorPhase.Draining;
                break;
            case PoolEffectKind.Stop:
                Assert.Equal(ExecutorPhase.Draining, _executors[effect.Slot!]);
                Assert.DoesNotContain(effect.Slot!, _retiring);
                break;
            case PoolEffectKind.Drained:
                Assert.Empty(_executors);
                _drained++;
                break;
        }
    }

    private void End(LeaseRequest request)
    {
        Assert.True(_waiting.Remove(request) && _ended.Add(request), "a second outcome");
    }

    private void Check()
    {
        int ready = 0, booting = 0, draining = 0, onReady = 0;
        foreach (var (slot, phase) in _executors)
        {
            var held = _leases.Count(lease => lease.Slot == slot);
            Assert.True(slot.InUse == held && slot.Phase == phase, "the pool's view of an executor is wrong");
            Assert.True(phase != ExecutorPhase.Ready || held >= _concurrency || _waiting.Count == 0, "a call waits beside a free slot");
            if (phase == ExecutorPhase.Ready) (ready, onReady) = (ready + 1, onReady + held);
            else if (phase == ExecutorPhase.Booting) booting++;
            else draining++;
        }

        Assert.True((_state.Ready, _state.Booting, _state.Draining) == (ready, booting, draining), "miscounted executors");
        Assert.True((_state.Leased, _state.Waiting) == (_leases.Count, _waiting.Count), "miscounted calls");
        Assert.True(_drains || ready + booting <= settings.Max, "more that take calls than Max");
        Assert.True(_hasChanged || ready + booting + draining <= settings.Max, "more than Max");
        Assert.True(_waiting.Count <= _mostWaiting, "more waiters than QueueLimit");
        Assert.True(_state.NextWake > _now, "a wake that is past");
        if (!_drains) CheckSize(ready + booting, draining, onReady);
    }

    private void CheckSize(int present, int draining, int onReady)
    {
        var needed = Math.Min((_waiting.Count + onReady + _concurrency - 1) / _concurrency, settings.Max);
        var busy = _waiting.Count + _leases.Count > 0;
        var wanted = Math.Clamp(needed + (busy ? settings.Buffer : 0), settings.Min, settings.Max);
        if (_effects.Exists(effect => effect.Kind == PoolEffectKind.Boot)) Assert.True(present <= wanted, "boots more than wanted");
        if (_state.BootFailuresInARow > 0) return;
        Assert.True(present >= Math.Min(busy ? wanted : needed, settings.Max - draining), "fewer executors than wanted");
    }
}
