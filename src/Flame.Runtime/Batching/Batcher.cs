using Flame.CompilerServices;
using Flame.Telemetry;

namespace Flame.Batching;

/// <summary>Collects the single calls of one method on one pool, and sends them as one call. Thread-safe.</summary>
internal sealed class Batcher<TArguments, TArgumentsCodec, TItem, TResult, TResultCodec>(
    FlamePool pool, BatchedMethod<TArguments, TArgumentsCodec, TItem, TResult, TResultCodec> method) : IBatcher
    where TArgumentsCodec : struct, IPayloadCodec<TArguments>
    where TResultCodec : struct, IPayloadCodec<TResult[]>
{
    private readonly Lock _gate = new();
    private readonly BatchLine<BatchedCall<TItem, TResult>> _line = new(method.Max, method.Wait.Ticks);
    private readonly long _start = pool.Time.GetTimestamp();
    private ITimer? _timer;
    private bool _isTimed;
    private bool _isClosed;

    // Since a start of its own: spans of milliseconds would be lost in the rounding of the pool's large numbers.
    private long Now => pool.Time.GetElapsedTime(_start).Ticks;

    public Task<TResult> CallAsync(TItem item, CancellationToken ct)
    {
        var call = new BatchedCall<TItem, TResult>(item, Cancelled, ct);
        call.Watch();
        SentBatch<TItem, TResult>? batch;
        lock (_gate)
        {
            if (call.Task.IsCompleted) return call.Task;
            batch = Leaving(_line.Add(call, Now) ?? (_isClosed ? _line.TakeAll() : null));
            KeepTime();
        }

        Send(batch);
        return call.Task;
    }

    public void Close()
    {
        SentBatch<TItem, TResult>? batch;
        lock (_gate)
        {
            _isClosed = true;
            batch = Leaving(_line.TakeAll());
            _timer?.Dispose();
        }

        Send(batch);
    }

    private static SentBatch<TItem, TResult>? Leaving(BatchedCall<TItem, TResult>[]? calls)
    {
        if (calls is null) return null;
        var batch = new SentBatch<TItem, TResult>(calls);
        foreach (var call in calls) call.Batch = batch;
        return batch;
    }

    // What waits is due in the order of its arrival, so a timer that is set never comes too late for it.
    private void KeepTime()
    {
        if (_isTimed || _isClosed || _line.NextDue is not { } due) return;
        _isTimed = true;
        _timer ??= NewTimer();
        _timer.Change(TimeSpan.FromTicks(Math.Max(due - Now, TimeSpan.TicksPerMillisecond)), Timeout.InfiniteTimeSpan);
    }

    private ITimer NewTimer()
    {
        // It lives as long as the pool, and must not keep what flows with the first of all callers.
        var flow = ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow();
        try
        {
            return pool.Time.CreateTimer(static batcher => ((Batcher<TArguments, TArgumentsCodec, TItem, TResult, TResultCodec>)batcher!).TimeHasCome(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        finally
        {
            flow?.Undo();
        }
    }

    private void TimeHasCome()
    {
        SentBatch<TItem, TResult>? batch;
        lock (_gate)
        {
            _isTimed = false;
            batch = Leaving(_line.TakeDue(Now));
            KeepTime();
        }

        Send(batch);
    }

    private void Cancelled(BatchedCall<TItem, TResult> call)
    {
        lock (_gate)
        {
            // One that is not here yet sees for itself that it was cancelled.
            _line.Remove(call);
            if (!call.TryCancel()) return;
        }

        call.Batch?.CallerLeft();
    }

    private void Send(SentBatch<TItem, TResult>? batch)
    {
        if (batch is not null) _ = SendAsync(batch);
    }

    private async Task SendAsync(SentBatch<TItem, TResult> batch)
    {
        try
        {
            var arguments = method.Arguments([.. batch.Calls.Select(call => call.Item)]);
            var options = Listening.IsPossible ? BatchTelemetry.Linked(batch.Calls.Select(static call => call.Caller)) : null;
            var results = await pool.CallAsync<TArguments, TArgumentsCodec, TResult[], TResultCodec>(method.Method, arguments, options, batch.Unwanted, lends: false).ConfigureAwait(false);
            method.DemandAll(results, batch.Calls.Count);
            batch.Succeed(results);
        }
        catch (Exception e)
        {
            batch.Fail(e);
        }
        finally
        {
            batch.Dispose();
        }
    }
}
