using Flame.Diagnostics;
using Flame.Links;
using Flame.Observation;
using Flame.Telemetry;

namespace Flame.Pooling;

/// <summary>
/// The one owner of a pool's state: it asks <see cref="PoolState"/> under a lock and does what that decides outside
/// of it. Grants are done by whoever caused them, at once; the slow effects are done in order, one after another.
/// </summary>
internal sealed class PoolOwner
{
    [ThreadStatic] private static List<PoolEffect>? t_effects;

    private readonly FlamePool _pool;
    private readonly PoolState _state;
    private readonly Lock _gate = new();
    private readonly Queue<PoolEffect> _slow = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _minimum = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _timer;
    private long _startedAt;
    private long _wakeAt = long.MaxValue;
    private volatile int _failuresInARow;
    private volatile bool _hasSlow;
    private bool _working;
    private Exception? _lastBootError;

    public PoolOwner(FlamePool pool)
    {
        _pool = pool;
        _state = new PoolState(PoolSettings.From(pool.Options));
        _timer = pool.Time.CreateTimer(static owner => ((PoolOwner)owner!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public async Task StartAsync(CancellationToken ct)
    {
        _startedAt = _pool.Now;
        Post(new PoolEvent(PoolEventKind.Start));
        if (_pool.Options.Min > 0) await _minimum.Task.WaitAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Whether the pool has been told to end.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>Boots that failed since the last that did not.</summary>
    public int BootFailuresInARow => _failuresInARow;

    public string? LastBootError => Volatile.Read(ref _lastBootError) is { } error ? LogText.Line(Words(error)) : null;

    public Task DrainAsync()
    {
        IsEnding = true;
        Post(new PoolEvent(PoolEventKind.Drain));
        return _drained.Task;
    }

    /// <summary>Decides by the pool's options as they are now.</summary>
    public void Reconfigure() => Post(new PoolEvent(PoolEventKind.Reconfigure) { Settings = PoolSettings.From(_pool.Options) });

    public void DrainExecutors() => Post(new PoolEvent(PoolEventKind.DrainExecutors));

    public void StopAll()
    {
        foreach (var executor in Executors(static executor => executor)) executor.Stop();
    }

    public void Acquire(PendingCall call) => Post(new PoolEvent(PoolEventKind.Acquire) { Request = call });

    /// <summary>Whether the call was still waiting and now is not.</summary>
    public bool Abandon(PendingCall call)
    {
        var effects = Rent();
        lock (_gate)
        {
            if (!call.Waiting) return false;
            Decide(new PoolEvent(PoolEventKind.Abandon) { Request = call }, effects);
        }

        Do(effects);
        return true;
    }

    public void BootSucceeded(Executor executor) => Post(new PoolEvent(PoolEventKind.BootSucceeded) { Slot = executor.Slot });

    public void BootFailed(Executor executor, Exception error, bool permanent)
    {
        if (IsBooting(executor.Slot))
        {
            Volatile.Write(ref _lastBootError, error);
            // What may pass is tried again, for as long as one boot may take.
            if (permanent || _pool.Now - _startedAt >= _pool.Options.BootTimeout.Ticks) _minimum.TrySetException(error);
        }

        Post(new PoolEvent(PoolEventKind.BootFailed) { Slot = executor.Slot, Permanent = permanent, Jitter = Random.Shared.NextDouble() });
    }

    /// <summary>The executor said that it takes nothing more.</summary>
    public void Leaving(ExecutorSlot slot) => Post(new PoolEvent(PoolEventKind.ExecutorDraining) { Slot = slot });

    /// <summary>The executor's link is lost; its calls are being told.</summary>
    public void Lost(Executor executor) => Post(new PoolEvent(PoolEventKind.ExecutorLost) { Slot = executor.Slot, Jitter = Random.Shared.NextDouble() });

    public void Gone(Executor executor, string reason, bool planned)
    {
        if (!executor.Slot.Used && !planned)
            Volatile.Write(ref _lastBootError, FlameErrors.BootFailed(_pool.Name, executor.Name, _pool.Backend.Name, 1, reason, null));
        Post(new PoolEvent(PoolEventKind.ExecutorGone) { Slot = executor.Slot, Jitter = Random.Shared.NextDouble() });
    }

    public void Post(in PoolEvent happened)
    {
        var effects = Rent();
        lock (_gate) Decide(happened, effects);
        Do(effects);
    }

    public int Count()
    {
        lock (_gate) return _state.Ready + _state.Booting + _state.Draining;
    }

    public FlamePoolStats Snapshot()
    {
        lock (_gate)
        {
            var executors = Executors(static executor => executor.GetStats()).OrderBy(static e => e.Name, StringComparer.Ordinal).ToArray();
            return new FlamePoolStats(
                _pool.Name, _state.Ready, _state.Booting, _state.Draining, _state.Leased, _state.Waiting, _state.BootFailuresInARow,
                _pool.CastFailures, executors);
        }
    }

    /// <summary>Something of each executor that is there, by number.</summary>
    public T[] Executors<T>(Func<Executor, T> of)
    {
        lock (_gate) return [.. _state.Slots.OrderBy(static slot => slot.Number).Select(static slot => slot.Owner).OfType<Executor>().Select(of)];
    }

    /// <summary>Nothing leaves the line meanwhile.</summary>
    public void WatchWaiting(Observer observer)
    {
        lock (_gate)
        {
            foreach (var call in _state.AllWaiting.OfType<PendingCall>()) call.Watch(observer);
        }
    }

    /// <summary>What the pool has at this moment, for those who collect figures.</summary>
    public PoolLoad Load()
    {
        lock (_gate)
        {
            var busy = _state.Slots.Count(static slot => slot is { Phase: ExecutorPhase.Ready, InUse: > 0 });
            return new PoolLoad(_state.Booting, _state.Ready - busy, busy, _state.Draining, _state.Leased, _state.Waiting);
        }
    }

    private object? CauseOf(in PoolEvent happened) => ((happened.Request is { Waiting: true } asks ? asks : _state.FirstWaiting) as PendingCall)?.Telemetry?.Span;

    private bool IsBooting(ExecutorSlot slot)
    {
        lock (_gate) return slot.Phase == ExecutorPhase.Booting;
    }

    private void Decide(in PoolEvent happened, List<PoolEffect> effects)
    {
        _state.On(happened, _pool.Now, effects);
        _failuresInARow = _state.BootFailuresInARow;
        if (_state.Ready >= _pool.Options.Min) _minimum.TrySetResult();
        for (var i = 0; i < effects.Count; i++)
        {
            if (effects[i].Kind is PoolEffectKind.Grant or PoolEffectKind.Refuse) continue;
            if (effects[i].Kind == PoolEffectKind.Boot && Listening.IsPossible) effects[i].Slot!.BootedFor = CauseOf(happened);
            _slow.Enqueue(effects[i]);
            _hasSlow = true;
        }

        // A later wish leaves the timer as it is: it fires for nothing once, and finds out. Else every call on an idle
        // executor would set it twice.
        var wake = _state.NextWake;
        if (wake >= _wakeAt) return;
        _wakeAt = wake;
        _timer.Change(WholeMilliseconds(wake - _pool.Now), Timeout.InfiniteTimeSpan);
    }

    private void Do(List<PoolEffect> effects)
    {
        foreach (var effect in effects)
        {
            if (effect.Kind == PoolEffectKind.Grant) ((PendingCall)effect.Request!).Granted(effect.Slot!);
            else if (effect.Kind == PoolEffectKind.Refuse) ((PendingCall)effect.Request!).Refused(Reason((PendingCall)effect.Request!, effect.Refusal));
        }

        effects.Clear();
        t_effects = effects;
        if (_hasSlow) DoSlow();
    }

    private void DoSlow()
    {
        while (true)
        {
            PoolEffect effect;
            lock (_gate)
            {
                if (_working || !_slow.TryDequeue(out effect)) return;
                _working = true;
                _hasSlow = _slow.Count > 0;
            }

            try
            {
                Do(effect);
            }
            finally
            {
                lock (_gate) _working = false;
            }
        }
    }

    private void Do(in PoolEffect effect)
    {
        switch (effect.Kind)
        {
            case PoolEffectKind.Boot:
                var executor = new Executor(_pool, this, effect.Slot!);
                effect.Slot!.Owner = executor;
                executor.Boot();
                break;
            case PoolEffectKind.Drain:
                (effect.Slot!.Owner as Executor)?.Drain();
                break;
            case PoolEffectKind.Stop:
                (effect.Slot!.Owner as Executor)?.Stop();
                break;
            case PoolEffectKind.Drained:
                _timer.Dispose();
                _minimum.TrySetException(FlameErrors.Draining(_pool.Name, "the start"));
                _drained.TrySetResult();
                break;
        }
    }

    private void Wake()
    {
        lock (_gate) _wakeAt = long.MaxValue;
        Post(new PoolEvent(PoolEventKind.Tick));
    }

    private Exception Reason(PendingCall call, Refusal refusal) => refusal switch
    {
        Refusal.QueueFull => FlameErrors.QueueFull(_pool.Name, call.Method.Name, _pool.Options.QueueLimit),
        Refusal.Draining => FlameErrors.Draining(_pool.Name, call.Method.Name),
        Refusal.QueueTimeout => FlameErrors.QueueTimeout(_pool, call, _failuresInARow > 0 ? _lastBootError : null),
        _ => FlameErrors.BootFailed(
            _pool.Name, "", _pool.Backend.Name, _failuresInARow, Words(_lastBootError), _lastBootError),
    };

    private static string Words(Exception? error) =>
        error is BootFailedException { InnerException: { } inner } ? inner.Message : error?.Message ?? "no reason was given";

    // Rounded up: a timer that fires early would only be set again.
    private static TimeSpan WholeMilliseconds(long ticks) =>
        TimeSpan.FromMilliseconds(Math.Clamp((ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond, 0, int.MaxValue - 1));

    private static List<PoolEffect> Rent()
    {
        var effects = t_effects ?? [];
        t_effects = null;
        return effects;
    }
}
