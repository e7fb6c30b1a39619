using Flame.Live;
using Flame.Observation;
using Flame.Wire;

namespace Flame.Links;

/// <summary>
/// The parent's end of the connection to one executor. Owns the calls in flight on it: whoever removes a call from
/// the table ends it, so a call has one end, whether by a frame or by the loss of the link.
/// </summary>
internal sealed partial class ExecutorLink
{
    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(1);

    private readonly Stream _stream;
    private readonly FrameReader _reader;
    private readonly FrameSender _sender;
    private readonly CallTable _calls = new();
    private readonly LinkEvents _events;
    private readonly ExportInbox _exports;
    private readonly Heartbeat _heartbeat;
    private readonly LinkPatience _patience;
    private bool _lost;
    private bool _leaving;
    private bool _ready;

    public ExecutorLink(string name, Stream stream, FrameReader reader, TimeProvider time, TimeSpan heartbeat, TimeSpan cancelGrace, LinkEvents events)
    {
        Name = name;
        _stream = stream;
        _reader = reader;
        _sender = new FrameSender(stream, e => _ = BrokenAsync(e, time));
        _events = events;
        _exports = new ExportInbox(events.Exported);
        _patience = new LinkPatience(heartbeat, cancelGrace);
        _heartbeat = new Heartbeat(
            time, heartbeat, () => _sender.SendAtOnce(FrameKind.Ping, events.IsWatched ? FrameFlags.Watched : FrameFlags.None), () => Lose($"nothing was heard from it for {heartbeat * Heartbeat.Allowed}"), Judge);
        _heartbeat.Start();
    }

    /// <summary>The executor's name.</summary>
    public string Name { get; }

    /// <summary>Reads until the link ends; then every call that was on it is told.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            do
            {
                Handle();
            }
            while (_reader.Filled(await _reader.FillAsync(ct).ConfigureAwait(false)));

            End(new LinkLoss("the executor closed the link", ByExecutor: true));
        }
        catch (OperationCanceledException)
        {
            Lose("the link was closed by the parent");
        }
        catch (WireException e)
        {
            Broke(e.Message);
        }
        catch (Exception e)
        {
            End(new LinkLoss($"the link broke: {e.Message}", ByExecutor: true));
        }
    }

    /// <summary>Sends the call's frame; <see langword="false"/> when the link takes no more and nothing was sent.</summary>
    public bool TryStart(PendingCall call)
    {
        var prefix = call.Telemetry?.Context is { } trace ? new byte[CallPrefix.Size + trace.Length] : stackalloc byte[CallPrefix.Size];
        CallPrefix.Write(prefix, call);
        call.Telemetry?.Sent(call.Payload.Length);
        bool flush;
        lock (_sender.Gate)
        {
            if (_sender.Closed || _leaving) return false;
            call.Id = _calls.Add(call);
            call.Incoming = null;
            call.Lent?.Begin(_sender, call.Id, call.Method.Name, call.Pool.Options.MaxPayloadSize);
            call.Outgoing = call.Payload.Length > FrameHeader.ChunkSize ? new Outgoing(call.Id) : null;
            _sender.AppendPayload(FrameKind.Call, call.Id, call.Payload, call.Outgoing, prefix, CallPrefix.FlagsOf(call));
            call.SentTo = _sender.Position;
            call.AskedToStop = 0;
            flush = _sender.Leave();
        }

        if (flush) _sender.Flush();
        return true;
    }

    /// <summary>Asks the executor to stop the call; its terminal frame still comes.</summary>
    public void Cancel(PendingCall call)
    {
        bool flush;
        lock (_sender.Gate)
        {
            if (_sender.Closed || _calls.Find(call.Id) != call) return;
            if (call.Outgoing is { } outgoing) outgoing.Close();
            call.AskedToStop = _patience.Beats;
            _sender.Append(FrameKind.Cancel, FrameFlags.None, call.Id, 0);
            flush = _sender.Leave();
        }

        if (flush) _sender.Flush();
    }

    /// <summary>Watches what is under way, and asks what the executor uses.</summary>
    public void Watch(Observer observer)
    {
        lock (_sender.Gate)
        {
            foreach (var call in _calls.All()) call.Watch(observer);
        }

        _sender.SendAtOnce(FrameKind.Ping, FrameFlags.Watched);
    }

    /// <summary>Gives a stream more credit.</summary>
    public void Grant(PendingCall call, int units) => _sender.SendCredit(call.Id, units);

    /// <summary>Tells the executor to finish what it has and go. No call follows.</summary>
    public void Drain() => Leave();

    /// <summary>Closes the link; what runs on it is lost.</summary>
    public void Lose(string because) => End(new LinkLoss(because, ByExecutor: false));

    private void Broke(string how) => End(new LinkLoss($"the executor broke the protocol: {how}", ByExecutor: false, how));

    private void Judge()
    {
        string? tooMuch;
        lock (_sender.Gate) tooMuch = _patience.Judge(_sender.Writing, _calls);
        if (tooMuch is not null) Broke(tooMuch);
    }

    /// <summary>Whether this is the first time that the executor is known to go. It waits to be told that no call is on its way to it.</summary>
    private bool Leave()
    {
        bool flush;
        lock (_sender.Gate)
        {
            if (_leaving || _sender.Closed) return false;
            _leaving = true;
            _sender.Append(FrameKind.Drain, FrameFlags.None, 0, 0);
            flush = _sender.Leave();
        }

        if (flush) _sender.Flush();
        return true;
    }

    private void Leaving(string because)
    {
        if (Leave()) _events.Draining(this, because);
    }

    private void End(LinkLoss loss)
    {
        PendingCall[] lost;
        lock (_sender.Gate)
        {
            if (_lost) return;
            _lost = true;
            _sender.Close();
            lost = _calls.TakeAll();
        }

        _heartbeat.Stop();
        _stream.Dispose();
        _events.Lost(this, loss, lost);
    }

    // Who writes to an executor that has just ended hears of it first, and what that said last is still unread: the read loop comes to the end
    // by itself, but on a connection that tells one side only.
    private async Task BrokenAsync(Exception e, TimeProvider time)
    {
        await Task.Delay(s_lastWords, time).ConfigureAwait(false);
        End(new LinkLoss($"the link broke: {e.Message}", ByExecutor: true));
    }

    private void Handle()
    {
        _heartbeat.Heard();
        _sender.Cork();
        try
        {
            while (_reader.TryRead(out var header, out var body)) Handle(header, body);
            if (_reader.TryForesee(out var next) && RoomFor(next) is { IsEmpty: false } room) _reader.ReadTo(next, room);
        }
        finally
        {
            _sender.Uncork();
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
            case FrameKind.Result or FrameKind.Item:
                OnPayload(header, body, isItem: header.Kind == FrameKind.Item);
                break;
            case FrameKind.Failure:
                OnFailure(header, body);
                break;
            case FrameKind.Credit:
                OnCredit(header.Call, new BodyReader(body).Int32());
                break;
            case FrameKind.Log:
                _events.Logged(this, LogBody.Decode(body));
                break;
            case FrameKind.Export:
                _exports.Take(header, body);
                break;
            case FrameKind.Drain when (header.Flags & FrameFlags.Reply) != 0:
                End(new LinkLoss("the executor closed the link", ByExecutor: true));
                break;
            case FrameKind.Drain:
                Leaving(new BodyReader(body).Text());
                break;
            case FrameKind.Hello when (header.Flags & FrameFlags.Reply) != 0 && !_ready:
                _ready = true;
                _events.Ready(this);
                break;
            case FrameKind.Ping when body.Length > 0:
                var use = new BodyReader(body);
                _events.Uses(TimeSpan.FromTicks(Math.Max(0, use.Int64())), use.Int64());
                break;
            case FrameKind.Ping:
                break;
            default:
                throw new WireException(header.Kind == FrameKind.Hello ? "it introduced itself twice" : $"a {header.Kind} frame is not for a parent");
        }
    }

    private Memory<byte> RoomFor(FrameHeader next)
    {
        if (next.Channel != 0 || (next.Flags & FrameFlags.Continuation) == 0 || Find(next.Call)?.Incoming is not { } incoming) return default;
        return incoming.Kind == next.Kind ? incoming.Room(next.Length) : default;
    }

    private void HandleLive(FrameHeader header, ReadOnlySpan<byte> body)
    {
        LiveChannel.Check(header);
        if (Find(header.Call) is not { } call) return;
        if (call.Lent is not { } lent) throw new WireException($"the call has no channel {header.Channel}");
        lent.ChannelOf(header.Channel).Handle(header, body);
    }
}
