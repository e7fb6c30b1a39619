using System.Runtime.CompilerServices;
using Flame.Pooling;

namespace Flame.Model;

internal sealed partial class PoolLife
{
    private const int MostFailures = 8;

    /// <summary>Everything that a later decision can depend on, with instants seen from now. Two lives with the same key have the same future.</summary>
    public UInt128 Key()
    {
        var key = new KeyMaker();
        var backoff = BackoffOf(_state);
        key.Add(_calls | (_troubles << 8) | (_pauses << 16) | (_late.Count << 24));
        key.Add(_changes | (_settings == bounds.Settings ? 0 : 256));
        key.Add((_drains ? 1 : 0) | (_drained << 1) | (SaidDrainedOf(_state) ? 4 : 0));
        key.Add(Math.Min(backoff.FailuresInARow, MostFailures));
        key.Add(backoff.Until == long.MinValue ? -1 : Math.Max(0, backoff.Until - _now));
        key.Add(Math.Min(_now - ActiveAtOf(_state), _settings.MinIdleShutdownAfter));
        key.Add(Until(_state.NextWake));
        key.Add(Until(NextStopOf(_state)));
        foreach (var executor in _executors) Add(ref key, executor, backoff);
        key.Add(-2);
        foreach (var request in _waiting)
        {
            key.Add(Until(request.Deadline));
            key.Add(Math.Min(_now - request.EnqueuedAt, _settings.BootTimeout));
        }

        return key.Value;
    }

    private void Add(ref KeyMaker key, Lived executor, BootBackoff backoff)
    {
        var slot = executor.Slot;
        key.Add((int)slot.Phase | ((int)executor.Life << 4) | (executor.Leaves ? 256 : 0) | (executor.Held << 12) | ((int)slot.Retires << 16) | (slot.Used ? 512 : 0) | (slot.Number <= CountedUpToOf(backoff) ? 1024 : 0));
        key.Add(Until(slot.DrainDeadline));
        if (slot.Phase != ExecutorPhase.Ready) return;
        key.Add(slot.Used ? -1 : Math.Min(_now - slot.ReadySince, TimeSpan.TicksPerSecond * 30));
        key.Add(slot.Used ? -1 : Math.Min(slot.FailuresBefore, MostFailures));
        key.Add(slot.IsIdle ? Math.Min(_now - slot.IdleSince, _settings.MinIdleShutdownAfter) : -1);
        key.Add(slot.PreviousIdle is null ? -1 : _executors.FindIndex(other => other.Slot == slot.PreviousIdle));
    }

    private long Until(long instant) => instant == long.MaxValue ? -1 : Math.Max(0, instant - _now);

    private void Check()
    {
        int ready = 0, booting = 0, draining = 0, onReady = 0, held = 0;
        foreach (var executor in _executors)
        {
            var phase = executor.Leaves ? ExecutorPhase.Draining : executor.Life == Life.Boots ? ExecutorPhase.Booting : ExecutorPhase.Ready;
            held += executor.Held;
            if (executor.Slot.Phase != phase || executor.Slot.InUse != executor.Held) Break("the pool's view of an executor is wrong");
            if (phase == ExecutorPhase.Ready && executor.Held < Concurrency && _waiting.Count > 0) Break("a call waits beside a free slot");
            if (phase == ExecutorPhase.Ready) (ready, onReady) = (ready + 1, onReady + executor.Held);
            else if (phase == ExecutorPhase.Booting) booting++;
            else draining++;
        }

        if ((_state.Ready, _state.Booting, _state.Draining) != (ready, booting, draining)) Break("executors are miscounted");
        if ((_state.Leased, _state.Waiting) != (held, _waiting.Count)) Break("calls are miscounted");
        if (_executors.Count > bounds.Max || (!_drains && ready + booting > _settings.Max)) Break("there are more executors than Max");
        if (_waiting.Count > _settings.QueueLimit) Break("more calls wait than QueueLimit");
        if (_state.NextWake <= _now) Break("the pool wants to be woken in the past");
        if (_waiting.Count > 0 && _executors.Count == 0 && _state.NextWake == long.MaxValue) Break("a call waits, and nothing will come");
        if (_drains && _executors.Count == 0 && (_drained != 1 || _state.NextWake != long.MaxValue || _waiting.Count > 0)) Break("a pool that is empty has not ended");
        if (!_drains) CheckSize(ready + booting, draining, onReady, held);
    }

    private void CheckSize(int present, int draining, int onReady, int held)
    {
        var needed = Math.Min((_waiting.Count + onReady + Concurrency - 1) / Concurrency, _settings.Max);
        var busy = _waiting.Count + held > 0;
        var wanted = Math.Clamp(needed + (busy ? _settings.Buffer : 0), _settings.Min, _settings.Max);
        if (present > wanted && _effects.Exists(static effect => effect.Kind == PoolEffectKind.Boot)) Break("more executors are booted than are wanted");
        if (_state.BootFailuresInARow == 0 && present < Math.Min(busy ? wanted : needed, _settings.Max - draining)) Break("there are fewer executors than are wanted");
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_backoff")]
    private static extern ref BootBackoff BackoffOf(PoolState state);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_activeAt")]
    private static extern ref long ActiveAtOf(PoolState state);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_nextStop")]
    private static extern ref long NextStopOf(PoolState state);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_saidDrained")]
    private static extern ref bool SaidDrainedOf(PoolState state);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_countedUpTo")]
    private static extern ref int CountedUpToOf(BootBackoff backoff);

    /// <summary>128 bits of everything that is added, in its order.</summary>
    private struct KeyMaker
    {
        private ulong _left = 0x9E3779B97F4A7C15UL;
        private ulong _right = 0xC2B2AE3D27D4EB4FUL;

        public KeyMaker()
        {
        }

        public readonly UInt128 Value => new(_left, _right);

        public void Add(long value)
        {
            _left = ulong.RotateLeft((_left ^ (ulong)value) * 0xBF58476D1CE4E5B9UL, 29);
            _right = ulong.RotateLeft((_right + (ulong)value) * 0x94D049BB133111EBUL, 31) ^ _left;
        }
    }
}
