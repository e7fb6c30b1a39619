using Flame.Wire;

namespace Flame.CodeSync;

/// <summary>Written to, it sends a file's content in pieces.</summary>
internal sealed class PieceWriter(CodePipe pipe) : OneWayStream
{
    public override bool CanWrite => true;

    /// <summary>Bytes that went over the wire.</summary>
    public long Sent { get; private set; }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (; buffer.Length > 0; buffer = buffer[Math.Min(buffer.Length, CodePipe.LongestPiece)..])
        {
            var piece = buffer[..Math.Min(buffer.Length, CodePipe.LongestPiece)];
            await pipe.SendAsync(CodeMessage.Piece, piece, cancellationToken).ConfigureAwait(false);
            Sent += piece.Length;
        }
    }
}

/// <summary>Read from, it gives the pieces of one file's content, and ends with them.</summary>
internal sealed class PieceReader(CodePipe pipe) : OneWayStream
{
    private ReadOnlyMemory<byte> _piece;
    private bool _ended;

    public override bool CanRead => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_piece.IsEmpty && !_ended)
        {
            var (message, body) = await pipe.ReceiveAsync(cancellationToken).ConfigureAwait(false);
            if (message is not (CodeMessage.Piece or CodeMessage.BlobEnd)) throw new WireException($"a {message} message came inside a file");
            (_piece, _ended) = (message == CodeMessage.Piece ? body : default, message == CodeMessage.BlobEnd);
        }

        var count = Math.Min(buffer.Length, _piece.Length);
        _piece[..count].CopyTo(buffer);
        _piece = _piece[count..];
        return count;
    }

    /// <summary>Reads over what is left of it.</summary>
    public async ValueTask FinishAsync(CancellationToken ct)
    {
        var rest = new byte[1];
        if (await ReadAsync(rest, ct).ConfigureAwait(false) > 0) throw new WireException("a file is longer than it was said to be");
    }
}

/// <summary>A stream that is either read or written, from one end to the other, and never blocks a thread.</summary>
internal abstract class OneWayStream : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
}
