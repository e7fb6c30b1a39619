using System.Runtime.ExceptionServices;

namespace Flame.Mapping;

/// <summary>
/// One run over a source. Two work on it: a pump that pulls an item where there is room and starts its call, on a
/// thread of its own, so that a source that blocks holds up nobody; and the consumer, who takes one result at a time.
/// What is under way, running or ended and not yet taken, is never more than may be in flight.
/// </summary>
internal sealed class MapRun<TIn, TOut>(FlameMap<TIn, TOut> map, CancellationToken call, CancellationToken enumeration) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Signal _room = new();
    private readonly Signal _result = new();

    // In the order in which results leave: calls enter at their start, or at their end.
    private readonly Queue<MappedCall<TIn, TOut>> _line = new();
    private readonly Stack<MappedCall<TIn, TOut>> _spare = new();

    private Progress.MapProgress? _progress;
    private Task _pump = Task.CompletedTask;
    private Task _stopped = Task.CompletedTask;
    private TaskCompletionSource? _allEnded;
    private CancellationTokenRegistration _callCancelled;
    private CancellationTokenRegistration _enumerationCancelled;
    private long _started;
    private int _underWay;
    private int _running;
    private bool _pulls = true;
    private bool _sourceEnded;
    private bool _isStopped;
    private bool _isOver;
    private Exception? _failure;
    private Exception? _refusal;

    /// <summary>The result that <see cref="NextAsync"/> found.</summary>
    public FlameResult<TIn, TOut> Current { get; private set; }

    private bool IsCancelled => call.IsCancellationRequested || enumeration.IsCancellationRequested;

    public void Begin()
    {
        _callCancelled = call.UnsafeRegister(static run => ((MapRun<TIn, TOut>)run!).OnCancelled(), this);
        _enumerationCancelled = enumeration.UnsafeRegister(static run => ((MapRun<TIn, TOut>)run!).OnCancelled(), this);
        _progress = map.Place?.Begin();
        _pump = Task.Run(PumpAsync);
    }

    /// <summary>Whether there is one more result. It never throws: a failure is told when all has ended.</summary>
    public ValueTask<bool> NextAsync()
    {
        lock (_gate)
        {
            return TryDecide() is { } next ? new ValueTask<bool>(next) : _result.WaitAsync();
        }
    }

    /// <summary>Stops what still goes on, and waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        Task allEnded;
        lock (_gate)
        {
            Over(null);
            allEnded = _running == 0 ? Task.CompletedTask : (_allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await _callCancelled.DisposeAsync().ConfigureAwait(false);
        await _enumerationCancelled.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(allEnded, _stopped, _pump).ConfigureAwait(false);
        _progress?.End();
        _stop.Dispose();
    }

    public void ThrowIfFailed()
    {
        if (_failure is not null) ExceptionDispatchInfo.Throw(_failure);
    }

    /// <summary>The await of a call has ended.</summary>
    public void Ended(MappedCall<TIn, TOut> ended)
    {
        lock (_gate)
        {
            _running--;
            ended.HasEnded = true;
            _progress?.Ended(ended.Error is not null);
            if (ended.Error is OperationCanceledException && IsCancelled) Cancelled();
            if (!_isOver)
            {
                if (map.Options.Order == FlameOrder.Completion) _line.Enqueue(ended);
                if (ended.Error is not null && map.Options.OnError == FlameOnError.Throw) StopPulling();
                LookAtFirst();
                TellConsumer();
            }

            if (_running == 0) _allEnded?.TrySetResult();
        }
    }

    private async Task PumpAsync()
    {
        IAsyncEnumerator<TIn>? items = null;
        Exception? failure = null;
        try
        {
            items = map.Source.GetAsyncEnumerator(_stop.Token);
            while (await HasRoomAsync().ConfigureAwait(false) && await items.MoveNextAsync().ConfigureAwait(false)) Start(items.Current);
        }
        catch (Exception e)
        {
            failure = e;
        }

        SourceEnded(failure);
        if (items is not null) await items.DisposeAsync().ConfigureAwait(false);
    }

    private ValueTask<bool> HasRoomAsync()
    {
        lock (_gate)
        {
            if (!_pulls) return new ValueTask<bool>(false);
            return _underWay < map.InFlight ? new ValueTask<bool>(true) : _room.WaitAsync();
        }
    }

    private void Start(TIn item)
    {
        MappedCall<TIn, TOut>? started;
        lock (_gate)
        {
            // Nobody wants it any more: the run was stopped while the source was asked.
            if (!_pulls) return;
            if (!_spare.TryPop(out started)) started = new MappedCall<TIn, TOut>(this);
            started.Begin(item, _started++);
            _underWay++;
            _running++;
            if (map.Options.Order == FlameOrder.Input) _line.Enqueue(started);
        }

        started.Start(map.Call, _stop.Token);
    }

    private void SourceEnded(Exception? failure)
    {
        lock (_gate)
        {
            _sourceEnded = true;
            if (failure is OperationCanceledException && IsCancelled) Cancelled();
            if (failure is not null && !_isStopped)
            {
                _failure ??= failure;
                Stop();
            }

            TellConsumer();
        }
    }

    private void OnCancelled()
    {
        lock (_gate)
        {
            Cancelled();
            TellConsumer();
        }
    }

    private void TellConsumer()
    {
        if (_result.IsAwaited && TryDecide() is { } next) _result.Set(next);
    }

    /// <summary>Whether there is one more result, which then is the current one; <see langword="null"/> while that is open.</summary>
    private bool? TryDecide()
    {
        if (_isOver) return false;
        if (_line.TryPeek(out var first) && first.HasEnded)
        {
            _line.Dequeue();
            Current = first.Result;
            first.Clear();
            _spare.Push(first);
            _underWay--;
            if (_pulls) _room.Set(true);
            LookAtFirst();
            return true;
        }

        return _sourceEnded && _underWay == 0 ? false : null;
    }

    /// <summary>A failure that no result may be comes first now, so nothing behind it will leave.</summary>
    private void LookAtFirst()
    {
        PassOverRefused();
        if (!_line.TryPeek(out var first) || first is not { HasEnded: true, Error: { } error }) return;
        if (_isStopped && error is OperationCanceledException) Over(null);
        else if (map.Options.OnError == FlameOnError.Throw) Over(error);
    }

    /// <summary>A pool that drains lets end what runs, so its refusal of an item does not cancel the others: it is told when they have left.</summary>
    private void PassOverRefused()
    {
        if (map.Options.OnError != FlameOnError.Throw) return;
        while (_line.TryPeek(out var first) && first is { HasEnded: true, Error: PoolDrainingException refusal })
        {
            _refusal ??= refusal;
            _line.Dequeue();
            _underWay--;
        }

        if (_refusal is not null && _underWay == 0) Over(_refusal);
    }

    private void Cancelled() => Over(new OperationCanceledException(call.IsCancellationRequested ? call : enumeration));

    /// <summary>No result leaves any more.</summary>
    private void Over(Exception? failure)
    {
        if (_isOver) return;
        _isOver = true;
        _failure = failure ?? _failure;
        Stop();
    }

    private void Stop()
    {
        StopPulling();
        if (_isStopped || (_sourceEnded && _running == 0)) return;
        _isStopped = true;

        // Not here and now: what is registered on the token is the callees', and this may be anybody's thread.
        _stopped = _stop.CancelAsync();
    }

    private void StopPulling()
    {
        _pulls = false;
        _room.Set(false);
    }
}
