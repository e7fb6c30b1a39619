using Flame.Links;
using Flame.Wire;

namespace Flame.Live;

/// <summary>The executor's end of a stream that the caller lends.</summary>
internal sealed class StreamChannel(string name, bool reads, bool writes, ChannelWire wire) : BorrowedChannel(wire, name)
{
    private readonly ItemQueue<ArraySegment<byte>> _chunks = new();
    private readonly Outgoing? _outgoing = writes ? wire.NewOutgoing(Outgoing.InitialCredit) : null;
    private ArraySegment<byte> _chunk;
    private int _chunkCost;
    private bool _asked;
    private bool _unflushed;
    private Exception? _stopped;

    protected override CreditAccount? Account { get; } = reads ? new CreditAccount() : null;

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (!_asked)
        {
            Volatile.Write(ref _asked, true);
            if (!_chunks.HasEnded) Wire.Grant(Outgoing.InitialCredit);
        }

        if (buffer.IsEmpty) return 0;
        while (_chunk.Count == 0 && !_chunks.TryTake(out _chunk, out _chunkCost))
        {
            // Who gives up one read may try another.
            if (!await _chunks.MoreAsync().WaitAsync(ct).ConfigureAwait(false)) return 0;
        }

        var count = Math.Min(buffer.Length, _chunk.Count);
        _chunk.AsSpan(0, count).CopyTo(buffer.Span);
        if (count < _chunk.Count)
        {
            _chunk = _chunk[count..];
            return count;
        }

        PayloadBytes.Return(_chunk.Array!);
        _chunk = default;
        Wire.Grant(Account!.Taken(_chunkCost, _chunks.IsEmpty));
        return count;
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        while (bytes.Length > 0)
        {
            await ReadyAsync(credit: 1, ct).ConfigureAwait(false);
            var count = Math.Min(bytes.Length, FrameHeader.ChunkSize);
            if (!Wire.SendItem(_outgoing!, bytes[..count])) throw Stopped();
            _unflushed = true;
            bytes = bytes[count..];
        }
    }

    /// <summary>Completes when all that was written is in the caller's stream, and that is flushed.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        if (!_unflushed) return;
        await ReadyAsync(credit: 1, ct).ConfigureAwait(false);
        if (!Wire.SendItem(_outgoing!, default)) throw Stopped();

        // Then all credit is back.
        await ReadyAsync(Outgoing.InitialCredit, ct).ConfigureAwait(false);
        _unflushed = false;
    }

    public void LeaveReads()
    {
        if (_asked) LeaveSource();
        _chunks.End(drop: true);
    }

    public override void Stop(Exception because)
    {
        _stopped = because;
        if (_outgoing is not null) _outgoing.Close();
        _chunks.End(because, drop: true);
    }

    protected override void OnItem(ReadOnlySpan<byte> item, int cost)
    {
        CheckAsked(Volatile.Read(ref _asked));
        var bytes = PayloadBytes.Rent(item.Length);
        item.CopyTo(bytes);
        _chunks.Add(new ArraySegment<byte>(bytes, 0, item.Length), cost);
    }

    protected override void OnEnd()
    {
        if (Account is null) base.OnEnd();
        SourceEnded();
        _chunks.End();
    }

    protected override void OnFailure(FailureBody failure)
    {
        if (Account is null) base.OnFailure(failure);
        _chunks.End(SourceThrew(failure));
    }

    protected override void OnCredit(int units)
    {
        if (_outgoing is null) base.OnCredit(units);
        else Wire.AddCredit(_outgoing, units);
    }

    private async ValueTask ReadyAsync(int credit, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var ready = Wire.ReadyAsync(_outgoing!, credit);
        if (!await (ready.IsCompleted ? ready : new ValueTask<bool>(ready.AsTask().WaitAsync(ct))).ConfigureAwait(false)) throw Stopped();
    }

    private Exception Stopped() => _stopped ?? new OperationCanceledException("The link is closed.");
}
