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
    private readonly int _concurrency = bounds.SingleUse ? 1 : bounds.Concurrency;
    private long _now = TimeSpan.TicksPerHour;
    private int _calls = bounds.Calls;
    private int _troubles = bounds.Troubles;
    private int _pauses = bounds.Pauses;
    private bool _drains;
    private int _drained;

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
                if (_troubles > 0 && !executor.Leaves) moves.Add(new(Act.SaysItDrains, i));
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
                foreach (var executor in _executors) executor.Leaves = true;
                On(new(PoolEventKind.Drain));
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
                executor.Leaves = true;
                if (planted != Planted.HidesDrains) On(new(PoolEventKind.ExecutorDraining) { Slot = slot });
                break;
            case Act.IsLost:
                if (!executor.Leaves || executor.Held > 0) _troubles--;
                executor.Leaves = true;
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
                else executor.Held++;
                break;
            case PoolEffectKind.Refuse:
                if (!_waiting.Remove(request!)) Break("a call has a second outcome");
                break;
            case PoolEffectKind.Boot:
                if (_drains) Break("a pool that ends boots");
                _executors.Add(new Lived(slot!));
                break;
            case PoolEffectKind.Drain:
                if (!_drains && executor!.Held > 0) Break("a busy executor is reaped");
                executor!.Leaves = true;
                break;
            case PoolEffectKind.Stop:
                if (executor is not { Leaves: true }) Break("an executor is stopped that has not been told to go");
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
        public bool Leaves { get; set; }
    }
}
