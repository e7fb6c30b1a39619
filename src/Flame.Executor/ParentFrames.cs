using Flame.CompilerServices;
using Flame.Live;
using Flame.Telemetry;
using Flame.Wire;

namespace Flame.Executor;

/// <summary>Reads what the parent sends and does what it asks. User code never runs on this loop.</summary>
internal sealed class ParentFrames(ExecutorHost host, FrameReader reader, FrameSender sender, RunningCalls calls, Action heard)
{
    /// <summary>Reads until the link ends.</summary>
    /// <returns>Why it did, in words.</returns>
    public async Task<string> ReadAsync()
    {
        try
        {
            do
            {
                HandleAll();
            }
            while (reader.Filled(await reader.FillAsync(CancellationToken.None).ConfigureAwait(false)));

            return "the parent closed the link";
        }
        catch (WireException e)
        {
            return $"the parent broke the protocol: {e.Message}";
        }
        catch (Exception e)
        {
            return $"the link broke: {e.Message}";
        }
    }

    private void HandleAll()
    {
        heard();
        sender.Cork();
        try
        {
            while (reader.TryRead(out var header, out var body)) Handle(header, body);
            if (reader.TryForesee(out var next) && RoomFor(next) is { IsEmpty: false } room) reader.ReadTo(next, room);
        }
        finally
        {
            sender.Uncork();
        }
    }

    private void Handle(FrameHeader header, ReadOnlySpan<byte> body)
    {
        if (header.Channel != 0)
        {
            HandleLive(header, body);
            return;
        }

        switch (header.Kind)
        {
            case FrameKind.Call when (header.Flags & FrameFlags.Continuation) != 0:
                Continue(header.Call, body);
                break;
            case FrameKind.Call:
                Begin(header, body);
                break;
            case FrameKind.Cancel:
                Cancel(header.Call);
                break;
            case FrameKind.Credit:
                AddCredit(header.Call, new BodyReader(body).Int32());
                break;
            case FrameKind.Drain:
                calls.StopTaking(alsoArriving: false, out _);
                calls.ParentSendsNoMore();
                break;
            case FrameKind.Ping:
                host.Log.SayDropped();
                sender.Send(FrameKind.Ping, FrameFlags.Reply, 0, (header.Flags & FrameFlags.Watched) != 0 ? host.Use() : []);
                break;
            default:
                throw new WireException($"a {header.Kind} frame is not for an executor");
        }
    }

    private Memory<byte> RoomFor(FrameHeader next) =>
        next is { Channel: 0, Kind: FrameKind.Call } && (next.Flags & FrameFlags.Continuation) != 0 && calls.FindArriving(next.Call) is { } arriving
            ? arriving.Arguments.Room(next.Length) : default;

    private void HandleLive(FrameHeader header, ReadOnlySpan<byte> body)
    {
        LiveChannel.Check(header);
        if (calls.Find(header.Call) is not { } call) return;
        if (call.BorrowedIfAny is not { } borrowed) throw new WireException($"the call has no channel {header.Channel}");
        borrowed.ChannelOf(header.Channel).Handle(header, body);
    }

    private void Begin(FrameHeader header, ReadOnlySpan<byte> body)
    {
        var id = header.Call;
        if (id == 0) throw new WireException("a call has no id");
        var fields = new BodyReader(body);
        var (methodId, limit) = (fields.UInt64(), fields.Int64());
        var trace = (header.Flags & FrameFlags.Traced) == 0 ? null : TraceContext.Read(ref fields);
        var total = fields.Int32();
        if (total < 0 || total > host.Rules.MaxPayload) throw new WireException($"arguments of {total} bytes were announced");
        var blobs = BlobTable.Read(ref fields, header.Flags, total);
        if (MethodTable.Find(methodId) is not { } method)
        {
            host.Refuse(id, new FailureBody(FailureCode.UnknownMethod, "", $"the executor has no method {methodId:x16}", ""));
            return;
        }

        var call = new RunningCall(host, id, method) { Detached = (header.Flags & FrameFlags.Detached) == 0 ? null : new DetachedLimit(limit, host.Time.GetTimestamp()), Trace = trace };
        if (total == fields.Rest.Length)
        {
            if (calls.TryAdd(call))
            {
                call.Take(fields.Rest);
                Run(call, limit);
                return;
            }

            host.RefuseNotStarted(id);
        }
        else if (!calls.TryAdd(new ArrivingCall(call, limit, host.Time.GetTimestamp(), new Incoming(FrameKind.Call, total, fields.Rest, blobs))))
        {
            host.RefuseNotStarted(id);
        }
    }

    private void Continue(ulong id, ReadOnlySpan<byte> body)
    {
        // Pieces that were on their way when the call was cancelled or refused.
        if (calls.FindArriving(id) is not { } arriving) return;
        arriving.Arguments.Add(body, out var grant);
        if (grant > 0) sender.SendCredit(id, grant);
        if (!arriving.Arguments.Whole) return;
        arriving.Call.Take(arriving.Arguments);
        if (!calls.TryStart(arriving.Call)) return;
        Run(arriving.Call, arriving.Limit < 0 ? -1 : Math.Max(0, arriving.Limit - (long)host.Time.GetElapsedTime(arriving.Since).TotalMilliseconds));
    }

    private void Run(RunningCall call, long limit)
    {
        call.LimitTo(limit, host.Time);
        ThreadPool.UnsafeQueueUserWorkItem(call, preferLocal: false);
    }

    private void Cancel(ulong id)
    {
        if (calls.FindArriving(id) is { } arriving)
        {
            // In one step: it may be the last that the executor's end waits for, or another thread may have refused it.
            lock (sender.Gate)
            {
                if (calls.Forget(id) is null) return;
                host.Refuse(id, new FailureBody(FailureCode.Cancelled, "", "", ""));
            }

            arriving.Arguments.Release();
            return;
        }

        calls.Find(id)?.RequestStop();
    }

    private void AddCredit(ulong id, int units)
    {
        if (units <= 0) throw new WireException("credit must be positive");
        bool flush;
        lock (sender.Gate)
        {
            if (calls.Find(id) is not { } call) return;
            sender.AddCredit(call.Outgoing, units);
            flush = sender.Leave();
        }

        if (flush) sender.Flush();
    }
}
