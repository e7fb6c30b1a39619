using Flame.Links;

namespace Flame.Live;

/// <summary>
/// Stands for the caller's stream: what is read was read there, what is written is written there. Who writes is ahead by
/// the credit; flushing waits until all of it is in the caller's stream.
/// </summary>
internal sealed class CallerStream(StreamChannel channel, LiveTraits traits, long length) : Stream
{
    private bool _disposed;

    public override bool CanRead { get; } = (traits & LiveTraits.CanRead) != 0;

    public override bool CanWrite { get; } = (traits & LiveTraits.CanWrite) != 0;

    public override bool CanSeek => false;

    public override long Length => (traits & LiveTraits.HasLength) != 0 ? length : throw new NotSupportedException("The caller's stream does not know its length.");

    public override long Position
    {
        get => throw NoSeek();
        set => throw NoSeek();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!CanRead) throw new NotSupportedException("The caller's stream cannot be read.");
        return channel.ReadAsync(buffer, cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!CanWrite) throw new NotSupportedException("The caller's stream cannot be written.");
        return channel.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return CanWrite ? channel.FlushAsync(cancellationToken) : Task.CompletedTask;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush() => FlushAsync(CancellationToken.None).GetAwaiter().GetResult();

    public override long Seek(long offset, SeekOrigin origin) => throw NoSeek();

    public override void SetLength(long value) => throw NoSeek();

    public override async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        try
        {
            if (CanWrite) await channel.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            await base.DisposeAsync().ConfigureAwait(false);
        }
    }

    // What was written is on its way, and there before the call ends.
    protected override void Dispose(bool disposing)
    {
        if (!_disposed && disposing) channel.LeaveReads();
        _disposed = true;
        base.Dispose(disposing);
    }

    private static NotSupportedException NoSeek() => new("The caller's stream can be read or written from here in order only.");
}
