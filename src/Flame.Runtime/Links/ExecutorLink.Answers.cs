using Flame.Wire;

namespace Flame.Links;

/// <content>What an executor answers to calls: whole or in pieces, in items, or that they failed.</content>
internal sealed partial class ExecutorLink
{
    private void OnPayload(FrameHeader header, ReadOnlySpan<byte> body, bool isItem)
    {
        if (Find(header.Call) is not { } call) return;
        if ((header.Flags & FrameFlags.Continuation) == 0)
        {
            BeginPayload(header, body, call, isItem);
            return;
        }

        if (call.Incoming is not { } incoming || incoming.Kind != header.Kind) throw new WireException("a payload goes on that never began");
        incoming.Add(body, out var grant);

        // An answer that is under way is one; but in pieces as small as the executor likes it would never be whole.
        if (call.AskedToStop != 0 && !isItem && (body.Length >= FrameHeader.ChunkSize || incoming.Whole)) call.AskedToStop = _patience.Beats;
        if (isItem) call.PieceArrived(body.Length);
        else if (grant > 0) Grant(call, grant);
        if (!incoming.Whole) return;
        call.Incoming = null;
        try
        {
            Deliver(call, incoming.Span, incoming.Blobs, isItem);
        }
        finally
        {
            incoming.Release();
        }
    }

    private void BeginPayload(FrameHeader header, ReadOnlySpan<byte> body, PendingCall call, bool isItem)
    {
        if (call.Incoming is not null) throw new WireException("a payload begins before the last one is whole");
        var fields = new BodyReader(body);
        var total = fields.Int32();
        if (total < 0 || total > call.Pool.Options.MaxPayloadSize) throw new WireException($"a payload of {total} bytes was announced");
        var blobs = isItem ? [] : BlobTable.Read(ref fields, header.Flags, total);
        if (isItem) call.PieceArrived(fields.Rest.Length);
        if (total == fields.Rest.Length) Deliver(call, fields.Rest, null, isItem);
        else call.Incoming = new Incoming(header.Kind, total, fields.Rest, blobs);
    }

    private void Deliver(PendingCall call, ReadOnlySpan<byte> payload, byte[][]? blobs, bool isItem)
    {
        call.Telemetry?.Received(payload.Length + (blobs?.Sum(static blob => (long)blob.Length) ?? 0));
        if (isItem)
        {
            call.ItemArrived(payload);
            return;
        }

        _events.Ending();
        if (Take(call)) call.EndWith(payload, blobs);
    }

    private void OnFailure(FrameHeader header, ReadOnlySpan<byte> body)
    {
        // Read first: once the call is taken nobody else ends it.
        var failure = FailureBody.Decode(body);
        if (Find(header.Call) is not { } call) return;
        var own = call.Lent?.ThrownBy(failure);
        if (failure.Code == FailureCode.NotStarted && call.HasItems) throw new WireException("a call has not started that has sent items");
        _events.Ending();
        if (!Take(call)) return;
        if ((header.Flags & FrameFlags.Stuck) != 0) Leaving($"{call.Method.Name} ignores its cancellation token");
        if (failure.Code == FailureCode.NotStarted)
        {
            Leaving("it takes no more calls");
            if (call.TryAgain(countAttempt: false)) return;
        }

        call.EndWith(own ?? _events.Translate(this, call, failure));
    }

    private void OnCredit(ulong id, int units)
    {
        if (units <= 0) throw new WireException("credit must be positive");
        bool flush;
        lock (_sender.Gate)
        {
            if (_calls.Find(id)?.Outgoing is not { } outgoing) return;
            _sender.AddCredit(outgoing, units);
            flush = _sender.Leave();
        }

        if (flush) _sender.Flush();
    }

    private PendingCall? Find(ulong id)
    {
        lock (_sender.Gate)
        {
            // Else what is not read would pile up here, while calls that end make room for more.
            var call = _calls.Find(id);
            return call is null || call.SentTo <= _sender.Given ? call : throw new WireException("it speaks of a call that has not been sent to it yet");
        }
    }

    private bool Take(PendingCall call)
    {
        lock (_sender.Gate)
        {
            if (!_calls.Remove(call.Id, call)) return false;
            if (call.Outgoing is { } outgoing) outgoing.Close();
            return true;
        }
    }
}
