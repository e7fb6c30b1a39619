namespace Flame.Benchmarks;

/// <summary>Methods through which a lot of bytes flows.</summary>
internal static class Flow
{
    private const int ItemSize = 256 * 1024;

    [Flame(Pool = "socket")]
    public static Task<long> ReadOverSocketAsync(Stream stream) => ReadAsync(stream);

    [Flame(Pool = "grpc")]
    public static Task<long> ReadOverGrpcAsync(Stream stream) => ReadAsync(stream);

    [Flame(Pool = "socket")]
    public static Task WriteOverSocketAsync(Stream stream, long count) => WriteAsync(stream, count);

    [Flame(Pool = "grpc")]
    public static Task WriteOverGrpcAsync(Stream stream, long count) => WriteAsync(stream, count);

    [Flame(Pool = "socket")]
    public static IAsyncEnumerable<byte[]> ItemsOverSocketAsync(long count) => ItemsAsync(count);

    [Flame(Pool = "grpc")]
    public static IAsyncEnumerable<byte[]> ItemsOverGrpcAsync(long count) => ItemsAsync(count);

    private static async Task<long> ReadAsync(Stream stream)
    {
        var (buffer, sum) = (new byte[ItemSize], 0L);
        while (await stream.ReadAsync(buffer) is > 0 and var count) sum += count;
        return sum;
    }

    private static async Task WriteAsync(Stream stream, long count)
    {
        var buffer = new byte[ItemSize];
        for (var left = count; left > 0; left -= ItemSize) await stream.WriteAsync(buffer.AsMemory(0, (int)Math.Min(left, ItemSize)));
        await stream.FlushAsync();
    }

    private static async IAsyncEnumerable<byte[]> ItemsAsync(long count)
    {
        await Task.Yield();
        var item = new byte[ItemSize];
        for (var left = count; left > 0; left -= ItemSize) yield return item;
    }
}

/// <summary>So many bytes to read.</summary>
internal sealed class Zeros(long count) : MemoryStream
{
    private long _left = count;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var count = (int)Math.Min(_left, buffer.Length);
        _left -= count;
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer.AsSpan(offset, count)));
}

/// <summary>Counts what is written, and keeps none of it.</summary>
internal sealed class Counted : MemoryStream
{
    public long Count { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override void Write(ReadOnlySpan<byte> buffer) => Count += buffer.Length;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Count += buffer.Length;
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Count += count;
        return Task.CompletedTask;
    }
}
