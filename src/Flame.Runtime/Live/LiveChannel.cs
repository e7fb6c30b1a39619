using Flame.Wire;

namespace Flame.Live;

/// <summary>One end of a live argument: what the frames on its channel mean. They are handled on the read loop.</summary>
internal abstract class LiveChannel(ChannelWire wire)
{
    private Incoming? _incoming;

    protected ChannelWire Wire { get; } = wire;

    /// <summary>What comes in, if something may.</summary>
    protected virtual CreditAccount? Account => null;

    public void Handle(FrameHeader header, ReadOnlySpan<byte> body)
    {
        switch (header.Kind)
        {
            case FrameKind.Item:
                OnItem(header, body);
                break;
            case FrameKind.Credit:
                var units = new BodyReader(body).Int32();
                if (units <= 0) throw new WireException("credit must be positive");
                OnCredit(units);
                break;
            case FrameKind.Result:
                OnEnd();
                break;
            case FrameKind.Failure:
                OnFailure(FailureBody.Decode(body));
                break;
            case FrameKind.Cancel:
                OnCancel();
                break;
            default:
                throw NotFor(header.Kind);
        }
    }

    /// <summary>The kinds of frames that are about a live argument; what else names a channel is no protocol of ours.</summary>
    public static void Check(FrameHeader header)
    {
        if (header.Kind is not (FrameKind.Item or FrameKind.Credit or FrameKind.Result or FrameKind.Failure or FrameKind.Cancel))
            throw new WireException($"a {header.Kind} frame has no channel, and this one names {header.Channel}");
    }

    /// <summary>An item is whole; valid during the call.</summary>
    /// <param name="item">Its bytes.</param>
    /// <param name="cost">What it holds back until it is taken.</param>
    protected virtual void OnItem(ReadOnlySpan<byte> item, int cost) => throw NotFor(FrameKind.Item);

    protected virtual void OnCredit(int units) => throw NotFor(FrameKind.Credit);

    protected virtual void OnEnd() => throw NotFor(FrameKind.Result);

    protected virtual void OnFailure(FailureBody failure) => throw NotFor(FrameKind.Failure);

    protected virtual void OnCancel() => throw NotFor(FrameKind.Cancel);

    private WireException NotFor(FrameKind kind) => new($"a {kind} frame is not for channel {Wire.Number}");

    private void OnItem(FrameHeader header, ReadOnlySpan<byte> body)
    {
        if (Account is not { } account) throw NotFor(FrameKind.Item);
        if ((header.Flags & FrameFlags.Continuation) == 0)
        {
            if (_incoming is not null) throw new WireException("a payload begins before the last one is whole");
            var fields = new BodyReader(body);
            var total = fields.Int32();
            if (total < 0 || total > Wire.Limit) throw new WireException($"a payload of {total} bytes was announced");
            Wire.Grant(account.Arrived(fields.Rest.Length));
            if (total == fields.Rest.Length) OnItem(fields.Rest, account.Whole());
            else _incoming = new Incoming(FrameKind.Item, total, fields.Rest);
            return;
        }

        if (_incoming is not { } incoming) throw new WireException("a payload goes on that never began");
        incoming.Add(body, out _);
        Wire.Grant(account.Arrived(body.Length));
        if (!incoming.Whole) return;
        _incoming = null;
        try
        {
            OnItem(incoming.Span, account.Whole());
        }
        finally
        {
            incoming.Release();
        }
    }
}
