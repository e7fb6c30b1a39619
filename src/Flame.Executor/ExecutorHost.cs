using System.Buffers.Binary;
using Flame.CompilerServices;
using Flame.Links;
using Flame.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Flame.Executor;

/// <summary>Why a link came to its end.</summary>
internal enum LinkEnd
{
    Drained,
    Stuck,
    ParentGone,
}

/// <summary>
/// The executor's end of the link: reads frames, starts calls, answers each with one terminal frame. Owns the running
/// calls; a call that is not in the table has answered.
/// </summary>
internal sealed class ExecutorHost
{
    private const int CallPrefix = 16;

    private readonly Stream _stream;
    private readonly FrameReader _reader;
    private readonly FrameSender _sender;
    private readonly Func<IServiceProvider> _services;
    private readonly Dictionary<ulong, RunningCall> _running = [];
    private readonly Dictionary<ulong, (RunningCall Call, long Limit, Incoming Arguments)> _arriving = [];
    private readonly TaskCompletionSource<LinkEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Heartbeat _heartbeat;
    private bool _draining;
    private bool _stuck;

    public ExecutorHost(Stream stream, FrameReader reader, ParentHello rules, Func<IServiceProvider> services, TimeProvider time, bool sharesProcess)
    {
        _stream = stream;
        _reader = reader;
        _services = services;
        _sender = new FrameSender(stream, _ => _end.TrySetResult(LinkEnd.ParentGone));
        Rules = rules;
        Time = time;
        SharesProcess = sharesProcess;
        // The parent asks; whoever asks nothing any more is gone.
        _heartbeat = new Heartbeat(time, rules.Heartbeat, beat: null, () => _end.TrySetResult(LinkEnd.ParentGone));
    }

    public ParentHello Rules { get; }

    public TimeProvider Time { get; }

    /// <summary>Whether parent and executor are one process, so that "inside an executor" is a matter of the flow.</summary>
    public bool SharesProcess { get; }

    /// <summary>Whether running calls are being ended because the executor goes.</summary>
    public bool Ending { get; private set; }

    /// <summary>Serves calls until the executor is drained, stuck or without a parent. Unless it is without one, it still hears what is said afterwards.</summary>
    public async Task<LinkEnd> RunAsync()
    {
        _ = ReadAsync();
        var end = await _end.Task.ConfigureAwait(false);
        _heartbeat.Stop();
        if (end == LinkEnd.ParentGone) _sender.Close();
        else await FlushAsync().ConfigureAwait(false);
        return end;
    }

    /// <summary>Waits until what was sent is written, as long as that may take.</summary>
    public async Task FlushAsync() =>
        await _sender.WhenWritten().WaitAsync(Rules.ShutdownTimeout, Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Closes the connection: the parent now knows that this executor is gone.</summary>
    public void Close()
    {
        _sender.Close();
        _stream.Dispose();
    }

    public void SayReady() => _sender.Send(FrameKind.Hello, FrameFlags.Reply, 0, []);

    public void Log(in LogBody log)
    {
        // A flood of logs must not fill the memory when the parent is slow: beyond this they are dropped.
        lock (_sender.Gate)
        {
            if (_sender.Backlog > 1024 * 1024) return;
        }

        _sender.Send(FrameKind.Log, FrameFlags.None, 0, log.Encode());
    }

    /// <summary>Takes no more calls, says so when it was not the parent's wish, and ends when the running ones have.</summary>
    public void Drain(string? because)
    {
        bool empty;
        lock (_sender.Gate)
        {
            if (_draining) return;
            _draining = true;
            empty = _running.Count == 0;
        }

        if (because is not null) _sender.Send(FrameKind.Drain, FrameFlags.None, 0, new BodyWriter().Text(because).Span);
        if (empty) EndDrained();
    }

    /// <summary>Cancels what runs; it has the limit to end.</summary>
    public async Task EndCallsAsync(TimeSpan limit)
    {
        RunningCall[] running;
        lock (_sender.Gate)
        {
            Ending = _draining = true;
            running = [.. _running.Values];
            if (running.Length == 0) _idle.TrySetResult();
        }

        foreach (var call in running) call.RequestStop();
        await _idle.Task.WaitAsync(limit, Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public AsyncServiceScope CreateScope() => _services().CreateAsyncScope();

    public async ValueTask SendItemAsync(RunningCall call)
    {
        Task wait;
        bool flush;
        lock (_sender.Gate)
        {
            if (_sender.Closed) throw new OperationCanceledException("the link is closed");
            _sender.AppendPayload(FrameKind.Item, call.Id, call.Result.Memory, call.Outgoing);
            wait = Pause(call.Outgoing);
            flush = _sender.Leave();
        }

        if (flush) _sender.Flush();
        await wait.ConfigureAwait(false);
    }

    /// <summary>Wakes a call that waits for credit, so that it sees that it shall stop.</summary>
    public void Wake(RunningCall call)
    {
        lock (_sender.Gate) call.Outgoing.Idle?.TrySetResult();
    }

    public async ValueTask CompleteAsync(RunningCall call)
    {
        Task wait;
        bool flush;
        lock (_sender.Gate)
        {
            // With nobody left to send to, the pieces of a large one would be waited for in vain.
            var large = call.Result.Length > FrameHeader.ChunkSize && !_sender.Closed;
            _sender.AppendPayload(FrameKind.Result, call.Id, call.Result.Memory, large ? call.Outgoing : null);
            wait = large ? WhenSent(call.Outgoing) : Task.CompletedTask;
            flush = _sender.Leave();
        }

        if (flush) _sender.Flush();
        await wait.ConfigureAwait(false);
        Remove(call);
    }

    public void Fail(RunningCall call, FailureBody failure, FrameFlags flags)
    {
        lock (_sender.Gate) FrameSender.Drop(call.Outgoing);
        _sender.Send(FrameKind.Failure, flags, call.Id, failure.Encode());
        Remove(call);
    }

    /// <summary>The method cannot be stopped; the process will be, once the other calls are done.</summary>
    public void Stuck(RunningCall call, FailureBody failure)
    {
        _stuck = true;
        lock (_sender.Gate) _draining = true;
        Fail(call, failure, FrameFlags.Stuck);
    }

    private static Task Pause(Outgoing outgoing)
    {
        if (outgoing.Rest.IsEmpty && outgoing.Credit > 0) return Task.CompletedTask;
        return (outgoing.Idle = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    private static Task WhenSent(Outgoing outgoing)
    {
        outgoing.Last = true;
        return outgoing.Rest.IsEmpty ? Task.CompletedTask : (outgoing.Idle = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    private void Remove(RunningCall call)
    {
        bool ended;
        lock (_sender.Gate)
        {
            _running.Remove(call.Id);
            ended = _draining && _running.Count == 0;
        }

        if (!ended) return;
        _idle.TrySetResult();
        EndDrained();
    }

    private void EndDrained() => _end.TrySetResult(_stuck ? LinkEnd.Stuck : LinkEnd.Drained);

    private async Task ReadAsync()
    {
        try
        {
            do
            {
                Handle();
            }
            while (await _reader.FillAsync(CancellationToken.None).ConfigureAwait(false));
        }
        catch (Exception)
        {
            // Whatever the reason, there is no parent to tell.
        }

        _end.TrySetResult(LinkEnd.ParentGone);
    }

    private void Handle()
    {
        _heartbeat.Heard();
        _sender.Cork();
        try
        {
            while (_reader.TryRead(out var header, out var body)) Handle(header, body);
        }
        finally
        {
            _sender.Uncork();
        }
    }

    private void Handle(FrameHeader header, ReadOnlySpan<byte> body)
    {
        switch (header.Kind)
        {
            case FrameKind.Call when (header.Flags & FrameFlags.Continuation) != 0:
                Continue(header.Call, body);
                break;
            case FrameKind.Call:
                Begin(header.Call, body);
                break;
            case FrameKind.Cancel:
                Cancel(header.Call);
                break;
            case FrameKind.Credit:
                AddCredit(header.Call, new BodyReader(body).Int32());
                break;
            case FrameKind.Drain:
                Drain(because: null);
                break;
            case FrameKind.Ping:
                _sender.Send(FrameKind.Ping, FrameFlags.Reply, 0, []);
                break;
            default:
                throw new WireException($"a {header.Kind} frame is not for an executor");
        }
    }

    private void Begin(ulong id, ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        var (methodId, limit, total) = (reader.UInt64(), reader.Int64(), reader.Int32());
        if (total < 0 || total > Rules.MaxPayload) throw new WireException($"arguments of {total} bytes were announced");
        if (MethodTable.Find(methodId) is not { } method)
        {
            Refuse(id, new FailureBody(FailureCode.UnknownMethod, "", $"the executor has no method {methodId:x16}", ""));
            return;
        }

        var call = new RunningCall(this, id, method);
        if (total == reader.Rest.Length)
        {
            call.Take(reader.Rest);
            Start(call, limit);
        }
        else
        {
            _arriving[id] = (call, limit, new Incoming(total, reader.Rest));
        }
    }

    private void Continue(ulong id, ReadOnlySpan<byte> body)
    {
        // Pieces that were on their way when the call was cancelled.
        if (!_arriving.TryGetValue(id, out var arriving)) return;
        arriving.Arguments.Add(body, out var grant);
        if (grant > 0)
        {
            Span<byte> units = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(units, grant);
            _sender.Send(FrameKind.Credit, FrameFlags.None, id, units);
        }

        if (!arriving.Arguments.Whole) return;
        _arriving.Remove(id);
        arriving.Call.Take(arriving.Arguments);
        Start(arriving.Call, arriving.Limit);
    }

    private void Start(RunningCall call, long limit)
    {
        bool refused;
        lock (_sender.Gate)
        {
            refused = _draining;
            if (!refused) _running.Add(call.Id, call);
        }

        if (refused)
        {
            Refuse(call.Id, new FailureBody(FailureCode.NotStarted, "", "it is draining", ""));
            return;
        }

        call.LimitTo(limit, Time);
        // User code never runs on the read loop.
        ThreadPool.UnsafeQueueUserWorkItem(call, preferLocal: false);
    }

    private void Refuse(ulong id, FailureBody failure) => _sender.Send(FrameKind.Failure, FrameFlags.None, id, failure.Encode());

    private void Cancel(ulong id)
    {
        if (_arriving.Remove(id, out var arriving))
        {
            arriving.Arguments.Release();
            Refuse(id, new FailureBody(FailureCode.Cancelled, "", "", ""));
            return;
        }

        Find(id)?.RequestStop();
    }

    private void AddCredit(ulong id, int units)
    {
        if (units <= 0) throw new WireException("credit must be positive");
        bool flush;
        lock (_sender.Gate)
        {
            if (!_running.TryGetValue(id, out var call)) return;
            _sender.AddCredit(call.Outgoing, units);
            flush = _sender.Leave();
        }

        if (flush) _sender.Flush();
    }

    private RunningCall? Find(ulong id)
    {
        lock (_sender.Gate) return _running.GetValueOrDefault(id);
    }
}
