namespace Flame.Executor.Tests.Live;

/// <summary>A stream with nothing but what a test gives it: it stores nothing, and knows whether somebody disposed it.</summary>
internal sealed class TestStream : Stream
{
    /// <summary>Fills the memory; none: it cannot be read.</summary>
    public Func<Memory<byte>, CancellationToken, ValueTask<int>>? OnRead { get; init; }

    /// <summary>Takes the memory; none: it cannot be written.</summary>
    public Func<ReadOnlyMemory<byte>, ValueTask>? OnWrite { get; init; }

    public int Flushes { get; private set; }

    public bool IsDisposed { get; private set; }

    public override bool CanRead => OnRead is not null;

    public override bool CanWrite => OnWrite is not null;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>So many bytes, each made of its place.</summary>
    public static TestStream Of(long length)
    {
        var at = 0L;
        return new TestStream
        {
            OnRead = (memory, _) =>
            {
                var count = (int)Math.Min(memory.Length, length - at);
                Pattern.Fill(memory.Span[..count], at);
                at += count;
                return new ValueTask<int>(count);
            },
        };
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => OnRead!(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => OnWrite!(buffer);

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        Flushes++;
        return Task.CompletedTask;
    }

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}

/// <summary>Bytes that tell their place, so that none can be lost, doubled or moved unseen.</summary>
internal static class Pattern
{
    private static readonly byte[] s_period = [.. Enumerable.Range(0, 64 * 1021).Select(i => (byte)((i * 31) ^ (i >> 8)))];

    public static void Fill(Span<byte> bytes, long from)
    {
        while (!bytes.IsEmpty)
        {
            var part = s_period.AsSpan((int)(from % s_period.Length));
            if (part.Length > bytes.Length) part = part[..bytes.Length];
            part.CopyTo(bytes);
            bytes = bytes[part.Length..];
            from += part.Length;
        }
    }

    public static bool Holds(ReadOnlySpan<byte> bytes, long from)
    {
        while (!bytes.IsEmpty)
        {
            var part = s_period.AsSpan((int)(from % s_period.Length));
            if (part.Length > bytes.Length) part = part[..bytes.Length];
            if (!part.SequenceEqual(bytes[..part.Length])) return false;
            bytes = bytes[part.Length..];
            from += part.Length;
        }

        return true;
    }

    public static byte[] Of(int length)
    {
        var bytes = new byte[length];
        Fill(bytes, 0);
        return bytes;
    }
}
