using System.Collections.Concurrent;
using System.Threading.Channels;
using Flame.CompilerServices;
using Flame.Links;
using Flame.Telemetry;
using Flame.Wire;

namespace Flame.Placing;

/// <summary>
/// The parent's end of one placed object. Placing is one long call: what is asked of the object are the items of a live
/// argument, and its answers are the items that the call yields. So the object holds one slot, and lives and dies as its call.
/// </summary>
internal sealed class PlacedLink(FlamePool pool, string name)
{
    private readonly Channel<PlacedRequest> _requests = Channel.CreateUnbounded<PlacedRequest>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<long, PlacedCall> _calls = new();
    private readonly TaskCompletionSource _placed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private Exception? _endedBy;
    private long _lastCall;

    /// <summary>What the executor hears of it.</summary>
    public LiveArgument Requests => LiveArgument.Items<PlacedRequest, PlacedRequest>("requests", _requests.Reader.ReadAllAsync());

    /// <summary>The executor that it lives in.</summary>
    public string? Executor { get; private set; }

    /// <summary>Completes when the object is gone.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Places the object; the token ends the wait for it, not its life.</summary>
    public async Task PlaceAsync<TArguments, TCodec>(RemoteMethod block, TArguments arguments, FlameCallOptions? options, CancellationToken ct)
        where TCodec : struct, IPayloadCodec<TArguments>
    {
        ct.ThrowIfCancellationRequested();
        using var waiting = new CancellationTokenSource();
        var call = new StreamCall<PlacedReply, PlacedReply>(waiting.Token, CancellationToken.None);
        Payloads.WriteInto<TArguments, TCodec>(call.Payload, arguments, pool.Options.MaxPayloadSize, block.Name);
        call.Lend(TCodec.Lent(arguments), pool);
        call.Begin(pool, block, (options ?? new FlameCallOptions()) with { Timeout = Timeout.InfiniteTimeSpan, Retry = null, Idempotent = false }, waiting.Token);
        _ = ReadAsync(call);
        using (ct.UnsafeRegister(static waiting => ((CancellationTokenSource)waiting!).Cancel(), waiting))
        {
            try
            {
                await _placed.Task.ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (ct.IsCancellationRequested)
            {
                throw new OperationCanceledException(e.Message, e, ct);
            }
        }
    }

    public async Task<TResult> CallAsync<TArguments, TArgumentsCodec, TResult, TResultCodec>(RemoteMethod method, TArguments arguments, CancellationToken ct)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
        where TResultCodec : struct, IPayloadCodec<TResult>
    {
        ct.ThrowIfCancellationRequested();
        var bytes = BytesOf<TArguments, TArgumentsCodec>(method, arguments);
        var telemetry = Listening.IsPossible ? CallTelemetry.Begin(method.Name, pool, null, asksForSlot: false) : null;
        telemetry?.Sent(bytes.Length);
        var call = new PlacedCall<TResult, TResultCodec>(method.Name) { Telemetry = telemetry };
        var id = Interlocked.Increment(ref _lastCall);
        lock (_gate)
        {
            // Before it is asked: the answer may be read on another thread before this one goes on, and would find nobody.
            if (_endedBy is not null || !_calls.TryAdd(id, call) || !_requests.Writer.TryWrite(new PlacedRequest(id, method.Id, bytes, telemetry?.Context)))
            {
                _calls.TryRemove(id, out _);
                var gone = _endedBy ?? new ObjectDisposedException(name);
                telemetry?.End(gone);
                throw gone;
            }
        }

        await using (ct.UnsafeRegister(_ => Cancel(id, ct), null).ConfigureAwait(false)) return await call.End.ConfigureAwait(false);
    }

    /// <summary>Ends the object once what was asked of it is answered.</summary>
    public async ValueTask EndAsync()
    {
        _requests.Writer.TryComplete();
        await _ended.Task.ConfigureAwait(false);

        // What the object threw when it was disposed; that it was lost before is no failure of its end.
        if (_endedBy is not (null or ObjectDisposedException or ExecutorLostException)) throw _endedBy;
    }

    private byte[] BytesOf<TArguments, TCodec>(RemoteMethod method, in TArguments arguments) where TCodec : struct, IPayloadCodec<TArguments>
    {
        var buffer = PayloadBuffer.Rent();
        try
        {
            Payloads.WriteInto<TArguments, TCodec>(buffer, arguments, pool.Options.MaxPayloadSize, method.Name);
            return buffer.Span.ToArray();
        }
        finally
        {
            buffer.Return();
        }
    }

    private void Cancel(long id, CancellationToken ct)
    {
        if (!_calls.TryRemove(id, out var call)) return;
        _requests.Writer.TryWrite(new PlacedRequest(id, 0, null));
        call.TryFail(new OperationCanceledException(ct));
    }

    private async Task ReadAsync(StreamCall<PlacedReply, PlacedReply> call)
    {
        Exception end = new ObjectDisposedException(name, "The object is gone: its handle was disposed, or nothing was asked of it for as long as its Lease.");
        try
        {
            await foreach (var reply in call.ReadAsync().ConfigureAwait(false))
            {
                if (reply.Call == 0) Executor = call.RunsOn;
                Take(reply);
            }
        }
        catch (Exception e)
        {
            end = e;
        }

        lock (_gate) _endedBy = end;
        _requests.Writer.TryComplete();
        foreach (var waiting in _calls.Values) waiting.TryFail(end);
        _calls.Clear();
        _placed.TrySetException(end);
        _ = _placed.Task.Exception;
        _ended.TrySetResult();
    }

    private void Take(PlacedReply reply)
    {
        if (reply.Call == 0) _placed.TrySetResult();
        if (!_calls.TryRemove(reply.Call, out var call)) return;
        if (reply.Failed) call.TryFail(FailureOf(call, reply.Body));
        else call.Complete(reply.Body);
    }

    private Exception FailureOf(PlacedCall call, byte[]? body)
    {
        try
        {
            return pool.Surroundings.Exceptions.Rebuild(pool, Executor!, call.Method, FailureBody.Decode(body));
        }
        catch (WireException e)
        {
            return FlameErrors.PayloadNotRead("failure", body?.Length ?? 0, e);
        }
    }
}
