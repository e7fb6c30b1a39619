using Flame.Pooling;

namespace Flame.Model;

/// <summary>A real <see cref="PoolState"/> and the world around it, with books of its own. What happens is carried out, never imagined.</summary>
internal sealed partial class PoolLife(Bounds bounds, Planted planted)
{
    private readonly PoolState _state = new(bounds.Settings);
    private readonly List<PoolEffect> _effects = [];
    private readonly List<LeaseRequest> _waiting = [];
    private readonly List<Lived> _executors = [];
    private readonly List<ExecutorSlot> _late = [];
    private PoolSettings _settings = bounds.Settings;
    private int _changes = bounds.Changes;
    private long _now = TimeSpan.TicksPerHour;
    private int _calls = bounds.Calls;
    private int _troubles = bounds.Troubles;
    private int _pauses = bounds.Pauses;
    private bool _drains;
    private int _drained;

    private int Concurrency => bounds.SingleUse ? 1 : _settings.MaxConcurrency;

    /// <summary>The promise that is broken; <see langword="null"/>: none.</summary>
    public string? Broken { get; private set; }

    /// <summary>All that can happen now.</summary>
    public void Moves(List<Move> moves)
    {
        moves.Clear();
        if (_calls > 0)
        {
            moves.Add(new(Act.Acquire));
            moves.Add(new(Act.AcquireForAMoment));
        }

        for (var i = 0; i < _waiting.Count; i++) moves.Add(new(Act.Abandon, i));
        for (var i = 0; i < _executors.Count; i++) MovesOf(_executors[i], i, moves);
        if (_late.Count > 0) moves.Add(new(Act.ReleaseLate));
        if (_state.NextWake != long.MaxValue) moves.Add(new(Act.Tick));
        if (_pauses > 0) moves.Add(new(Act.Pause));
        if (!_drains) moves.Add(new(Act.Drain));
        if (_drains || _changes == 0) return;
        moves.Add(new(Act.Change));
        moves.Add(new(Act.DrainExecutors));
    }

    public void Do(Move move, bool check)
    {
        if (move.Act == Act.Pause)
        {
            _pauses--;
            _now += Bounds.Unit;
            return;
        }

        if (move.Act == Act.Tick) _now = Math.Max(_now, _state.NextWake);
        _effects.Clear();
        Happen(move);
        if (move.Act == Act.Change) BookSize();
        foreach (var effect in _effects) Book(effect);
        if (check) Check();
    }

    private void MovesOf(Lived executor, int i, List<Move> moves)
    {
        if (executor.Held > 0) moves.Add(new(Act.Release, i));
        switch (executor.Life)
        {
            case Life.Boots:
                moves.Add(new(Act.BootSucceeds, i));
                if (_troubles > 0 || executor.Leaves) moves.Add(new(Act.BootFails, i));
                if (_troubles > 0) moves.Add(new(Act.BootFailsForGood, i));
                break;
            case Life.Up:
                if (_troubles > 0 && (!executor.Leaves || executor.Retires)) moves.Add(new(Act.SaysItDrains, i));
                if (_troubles > 0 || (executor.Leaves && executor.Held == 0)) moves.Add(new(Act.IsLost, i));
                break;
            case Life.Lost:
                moves.Add(new(Act.IsGone, i));
                break;
        }
    }

    private void Happen(Move move)
    {
        switch (move.Act)
        {
            case Act.Start:
                On(new(PoolEventKind.Start));
                break;
            case Act.Acquire or Act.AcquireForAMoment:
                _calls--;
                var request = new LeaseRequest { Deadline = move.Act == Act.Acquire ? long.MaxValue : _now + Bounds.Unit };
                _waiting.Add(request);
                On(new(PoolEventKind.Acquire) { Request = request });
                break;
            case Act.Abandon:
                var left = _waiting[move.Of];
                _waiting.RemoveAt(move.Of);
                if (planted != Planted.ForgetsAbandoned) On(new(PoolEventKind.Abandon) { Request = left });
                break;
            case Act.ReleaseLate:
                var gone = _late[0];
                _late.RemoveAt(0);
                On(new(PoolEventKind.Release) { Slot = gone });
                break;
            case Act.Tick:
                On(new(PoolEventKind.Tick));
                break;
            case Act.Drain:
                _drains = true;
                foreach (var executor in _executors) executor.Leave(told: true);
                On(new(PoolEventKind.Drain));
                break;
            case Act.Change:
                _changes--;
                _settings = _settings == bounds.Settings ? bounds.Smaller : bounds.Settings;
                On(new(PoolEventKind.Reconfigure) { Settings = _settings });
                break;
            case Act.DrainExecutors:
                _changes--;
                foreach (var executor in _executors.Where(static executor => !executor.Leaves || executor.Retires)) executor.Leave(told: executor.Held == 0);
                On(new(PoolEventKind.DrainExecutors));
                break;
            default:
                Happen(move.Act, _executors[move.Of]);
                break;
        }
    }

    private void Happen(Act act, Lived executor)
    {
        var slot = executor.Slot;
        switch (act)
        {
            case Act.Release:
                executor.Held--;
                On(new(PoolEventKind.Release) { Slot = slot });
                if (planted == Planted.ReleasesTwice) On(new(PoolEventKind.Release) { Slot = slot });
                break;
            case Act.BootSucceeds:
                executor.Life = Life.Up;
                On(new(PoolEventKind.BootSucceeded) { Slot = slot });
                break;
            case Act.BootFails or Act.BootFailsForGood:
                if (!executor.Leaves) _troubles--;
                Forget(executor);
                On(new(PoolEventKind.BootFailed) { Slot = slot, Permanent = act == Act.BootFailsForGood, Jitter = 1 });
                break;
            case Act.SaysItDrains:
                _troubles--;
                executor.Leave(told: true);
                if (planted != Planted.HidesDrains) On(new(PoolEventKind.ExecutorDraining) { Slot = slot });
                break;
            case Act.IsLost:
                if (!executor.Leaves || executor.Held > 0) _troubles--;
                executor.Leave(told: true);
                executor.Life = Life.Lost;
                On(new(PoolEventKind.ExecutorLost) { Slot = slot, Jitter = 1 });
                break;
            case Act.IsGone:
                Forget(executor);
                On(new(PoolEventKind.ExecutorGone) { Slot = slot, Jitter = 1 });
                break;
        }
    }

    private void On(in PoolEvent happened) => _state.On(happened, _now, _effects);

    private void Forget(Lived executor)
    {
        for (; executor.Held > 0; executor.Held--) _late.Add(executor.Slot);
        _executors.Remove(executor);
    }

    /// <summary>Which executors leave when the pool is made smaller, it decides by itself: one that has calls is told later, and then may still be kept.</summary>
    private void BookSize()
    {
        foreach (var executor in _executors)
        {
            if (!executor.Leaves && executor.Slot.Phase == ExecutorPhase.Draining)
            {
                executor.Leave(told: executor.Held == 0);
            }
            else if (executor.Leaves && executor.Slot.Phase == ExecutorPhase.Ready)
            {
                if (!executor.Retires) Break("an executor that was told to go takes calls again");
                executor.Stay();
            }
        }
    }

    private void Book(in PoolEffect effect)
    {
        var (request, slot) = (effect.Request, effect.Slot);
        var executor = slot is null ? null : _executors.Find(executor => executor.Slot == slot);
        switch (effect.Kind)
        {
            case PoolEffectKind.Grant:
                if (_waiting.Count == 0 || _waiting[0] != request) Break("a grant to somebody who is not the first that waits");
                else _waiting.RemoveAt(0);
                if (executor is not { Life: Life.Up, Leaves: false }) Break("an executor that takes nothing is given a call");
                else if (++executor.Held > Concurrency) Break("an executor has more calls than it runs at the same time");
                break;
            case PoolEffectKind.Refuse:
                if (!_waiting.Remove(request!)) Break("a call has a second outcome");
                break;
            case PoolEffectKind.Boot:
                if (_drains) Break("a pool that ends boots");
                if (_executors.Count >= _settings.Max) Break("an executor is booted beyond Max");
                _executors.Add(new Lived(slot!));
                break;
            case PoolEffectKind.Drain:
                if (!_drains && executor!.Held > 0) Break("a busy executor is reaped");
                executor!.Leave(told: true);
                break;
            case PoolEffectKind.Stop:
                if (executor is not { Leaves: true, Retires: false }) Break("an executor is stopped that has not been told to go");
                break;
            case PoolEffectKind.Drained:
                if (_executors.Count > 0 || ++_drained > 1) Break("the pool says that it is empty, and is not, or said so before");
                break;
        }
    }

    private void Break(string promise) => Broken ??= promise;

    private enum Life
    {
        Boots,
        Up,
        Lost,
    }

    private sealed class Lived(ExecutorSlot slot)
    {
        public ExecutorSlot Slot => slot;

        public Life Life { get; set; }

        public int Held { get; set; }

        /// <summary>It was told to go, or said that it will, or is lost.</summary>
        public bool Leaves { get; private set; }

        /// <summary>It will be told when its last call has ended.</summary>
        public bool Retires { get; private set; }

        public void Leave(bool told) => (Leaves, Retires) = (true, !told);

        public void Stay() => (Leaves, Retires) = (false, false);
    }
}
