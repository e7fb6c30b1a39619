namespace Flame.EndToEnd.Tests.Live;

/// <summary>So many bytes that tell their place, and a check of what comes back of them; nothing is stored.</summary>
internal sealed class CountedBytes(long length) : Stream
{
    private static readonly byte[] s_bytes = [.. Enumerable.Range(0, 1 << 20).Select(i => (byte)((i * 31) ^ (i >> 11)))];
    private static readonly byte[] s_inverted = [.. s_bytes.Select(b => (byte)(b ^ 255))];

    private long _read;

    public long Written { get; private set; }

    public bool IsInverted { get; private set; } = true;

    public bool IsDisposed { get; private set; }

    public override bool CanRead => length > 0;

    public override bool CanWrite => length == 0;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var part = s_bytes.AsSpan((int)(_read % s_bytes.Length));
        var count = (int)Math.Min(Math.Min(part.Length, buffer.Length), length - _read);
        part[..count].CopyTo(buffer);
        _read += count;
        return count;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var part = s_inverted.AsSpan((int)(Written % s_inverted.Length));
            if (part.Length > buffer.Length) part = part[..buffer.Length];
            IsInverted &= part.SequenceEqual(buffer[..part.Length]);
            buffer = buffer[part.Length..];
            Written += part.Length;
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return default;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}
