using Flame.Wire;

namespace Flame.Live;

/// <summary>The caller's <see cref="Stream"/>: is read and written as the method reads and writes. It is never disposed here.</summary>
internal sealed class LentStream : LentChannel
{
    private readonly Supply? _reads;
    private readonly Delivery<ArraySegment<byte>>? _writes;

    public LentStream(Stream stream, LentArguments lent, ChannelWire wire) : base(wire)
    {
        if (stream.CanRead) _reads = new Supply(lent, wire, creditGrows: false, stop => new Source(stream, stop));
        if (!stream.CanWrite) return;
        Account = new CreditAccount();

        // All that is owed is paid whenever nothing is left to write: who flushes waits for that.
        _writes = new Delivery<ArraySegment<byte>>(lent, bytes => WriteAsync(stream, bytes), cost => Wire.Grant(_writes!.IsEmpty ? Account.TakenLast(cost) : Account.Taken(cost, keepsUp: false)));
    }

    public override bool Touched => _reads is { HasBegun: true } || _writes is { HasBegun: true };

    public override Exception? Thrown => _reads?.Thrown;

    protected override CreditAccount? Account { get; }

    public override void Stop()
    {
        _reads?.Stop();
        _writes?.Stop();
    }

    public override Task EndAsync() => Task.WhenAll(_writes?.EndAsync() ?? Task.CompletedTask, _reads?.EndAsync() ?? Task.CompletedTask);

    protected override void OnItem(ReadOnlySpan<byte> item, int cost)
    {
        var bytes = PayloadBytes.Rent(item.Length);
        item.CopyTo(bytes);
        _writes!.Add(new ArraySegment<byte>(bytes, 0, item.Length), cost);
    }

    protected override void OnCredit(int units)
    {
        if (_reads is null) base.OnCredit(units);
        else _reads.AddCredit(units);
    }

    protected override void OnCancel()
    {
        if (_reads is null) base.OnCancel();
        else _reads.Stop();
    }

    private static async ValueTask WriteAsync(Stream stream, ArraySegment<byte> bytes)
    {
        // Nothing to write is the wish to flush.
        if (bytes.Count == 0) await stream.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        else await stream.WriteAsync(bytes).ConfigureAwait(false);
        PayloadBytes.Return(bytes.Array!);
    }

    private sealed class Source(Stream stream, CancellationToken stop) : ISource
    {
        private readonly byte[] _bytes = PayloadBytes.Rent(FrameHeader.ChunkSize);

        public async ValueTask<ReadOnlyMemory<byte>?> NextAsync()
        {
            var count = await stream.ReadAsync(_bytes.AsMemory(0, FrameHeader.ChunkSize), stop).ConfigureAwait(false);
            return count == 0 ? null : _bytes.AsMemory(0, count);
        }

        public ValueTask DisposeAsync()
        {
            PayloadBytes.Return(_bytes);
            return default;
        }
    }
}
