using System.Collections.Concurrent;
using System.Threading.Channels;
using Flame.CompilerServices;
using Flame.Placing;
using Flame.Telemetry;
using Flame.Wire;

namespace Flame.Executor;

/// <summary>
/// Keeps one placed object in the executor, within the call that placed it: its methods run one after another, or at the
/// same time where that is asked for, and it is disposed when no request can come any more.
/// </summary>
internal sealed class PlacedServer(Invocation call, object placed, IAsyncEnumerable<PlacedRequest> requests, bool concurrent, TimeSpan lease, ExecutorHost host)
{
    private readonly Channel<PlacedReply> _replies = Channel.CreateUnbounded<PlacedReply>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<long, CancellationTokenSource> _running = new();
    private readonly Lock _gate = new();
    private Task _last = Task.CompletedTask;
    private ITimer? _leaseTimer;
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _underWay = 1; // that requests may come

    public async IAsyncEnumerable<PlacedReply> AnswersAsync()
    {
        yield return new PlacedReply(0, false, null);
        _ = ServeAsync();
        await foreach (var reply in _replies.Reader.ReadAllAsync().ConfigureAwait(false)) yield return reply;
    }

    private async Task ServeAsync()
    {
        Exception? failure = null;
        using var forgotten = new CancellationTokenSource();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken, forgotten.Token);
        await using var timer = _leaseTimer = host.Time.CreateTimer(static forgotten => ((CancellationTokenSource)forgotten!).Cancel(), forgotten, lease, Timeout.InfiniteTimeSpan);
        try
        {
            await foreach (var request in requests.WithCancellation(end.Token).ConfigureAwait(false)) Take(request, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            failure = e;
        }

        Ended();
        await _idle.Task.ConfigureAwait(false);
        try
        {
            await DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure ??= e;
        }

        if (failure is null && call.CancellationToken.IsCancellationRequested) failure = new OperationCanceledException(call.CancellationToken);
        _replies.Writer.Complete(failure);
    }

    private void Take(PlacedRequest request, CancellationToken end)
    {
        if (request.Arguments is null)
        {
            Cancel(request.Call);
            return;
        }

        var cancel = CancellationTokenSource.CreateLinkedTokenSource(end);
        _running.TryAdd(request.Call, cancel);
        Began();
        var answer = AnswerAsync(request, cancel, concurrent ? Task.CompletedTask : _last);
        if (!concurrent) _last = answer;
    }

    private void Cancel(long id)
    {
        if (!_running.TryGetValue(id, out var running)) return;
        try
        {
            running.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has ended in this moment.
        }
    }

    private async Task AnswerAsync(PlacedRequest request, CancellationTokenSource cancel, Task before)
    {
        // The user's code runs neither where requests are read nor where the last call ended.
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        PlacedReply reply;
        ExecutionTelemetry? seen = null;
        try
        {
            if (Listening.IsPossible || request.Trace is not null)
                seen = ExecutionTelemetry.Begin(MethodTable.Find(request.Method)?.Name ?? "_OTHER", host.Name, TraceContext.Read(request.Trace), host.Time);
            cancel.Token.ThrowIfCancellationRequested();
            using var method = new PlacedInvocation(call, placed, request, host.Rules.MaxPayload, cancel.Token);
            reply = new PlacedReply(request.Call, false, await method.RunAsync().ConfigureAwait(false));
            seen?.End(null);
        }
        catch (Exception e)
        {
            seen?.End(e);
            reply = new PlacedReply(request.Call, true, FailureBody.Of(e).Encode().ToArray());
        }

        Answers();
        _replies.Writer.TryWrite(reply);
        _running.TryRemove(request.Call, out _);
        cancel.Dispose();
        Ended();
    }

    private void Began()
    {
        lock (_gate)
        {
            _underWay++;
            _leaseTimer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    // The lease begins before its caller knows the answer, not a moment later.
    private void Answers()
    {
        lock (_gate)
        {
            if (_underWay == 2) _leaseTimer!.Change(lease, Timeout.InfiniteTimeSpan);
        }
    }

    private void Ended()
    {
        lock (_gate)
        {
            if (--_underWay == 0) _idle.TrySetResult();
            else if (_underWay == 1) _leaseTimer!.Change(lease, Timeout.InfiniteTimeSpan);
        }
    }

    private async ValueTask DisposeAsync()
    {
        if (placed is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync().ConfigureAwait(false);
        else (placed as IDisposable)?.Dispose();
    }
}
