using System.IO.Compression;
using Flame.Executor.Tests.InProcess;

namespace Flame.Executor.Tests.Live;

/// <summary>Methods that read and write their caller's streams.</summary>
internal static class Streaming
{
    /// <summary>How long it is, if all of it is the pattern.</summary>
    [Flame(Pool = "test")]
    public static async Task<long> ReadAsync(Stream input, int bufferSize)
    {
        var buffer = new byte[bufferSize];
        var at = 0L;
        while (await input.ReadAsync(buffer) is var count and > 0)
        {
            if (!Pattern.Holds(buffer.AsSpan(0, count), at)) throw new InvalidDataException($"other bytes than expected within {count} from {at}");
            at += count;
        }

        return at;
    }

    /// <summary>Writes the pattern, so many bytes at a time.</summary>
    [Flame(Pool = "test")]
    public static async Task WriteAsync(long length, int atOnce, Stream output)
    {
        var buffer = new byte[atOnce];
        for (var at = 0L; at < length; at += atOnce)
        {
            var count = (int)Math.Min(atOnce, length - at);
            Pattern.Fill(buffer.AsSpan(0, count), at);
            await output.WriteAsync(buffer.AsMemory(0, count));
        }
    }

    [Flame(Pool = "test")]
    public static async Task<long> CopyAsync(Stream from, Stream to, CancellationToken ct = default)
    {
        await from.CopyToAsync(to, ct);
        return 0;
    }

    [Flame(Pool = "test")]
    public static async Task CompressAsync(Stream from, Stream to)
    {
        await using var gzip = new GZipStream(to, CompressionLevel.Fastest);
        await from.CopyToAsync(gzip);
    }

    [Flame(Pool = "test")]
    public static async Task<(bool CanRead, bool CanWrite, bool CanSeek, long Length)> DescribeAsync(Stream? stream)
    {
        await Task.Yield();
        if (stream is null) return default;
        var length = -1L;
        try
        {
            length = stream.Length;
        }
        catch (NotSupportedException)
        {
        }

        return (stream.CanRead, stream.CanWrite, stream.CanSeek, length);
    }

    /// <summary>Answers each line, without an await.</summary>
    [Flame(Pool = "test")]
    public static Task<int> AnswerAsync(Stream conversation)
    {
        using var reader = new StreamReader(conversation, leaveOpen: true);
        using var writer = new StreamWriter(conversation) { AutoFlush = true };
        var lines = 0;
        while (reader.ReadLine() is { } line && line != "bye")
        {
            writer.WriteLine(line.ToUpperInvariant());
            lines++;
        }

        return Task.FromResult(lines);
    }

    /// <summary>Writes and flushes, and then stays at its gate.</summary>
    [Flame(Pool = "test")]
    public static async Task FlushAsync(int length, string gate, [FromServices] Gates gates, Stream output, CancellationToken ct)
    {
        await output.WriteAsync(Pattern.Of(length), ct);
        await gates[gate + "/written"].PassAsync(ct);
        await output.FlushAsync(ct);
        await gates[gate].PassAsync(ct);
    }

    /// <summary>Writes without end, and counts.</summary>
    [Flame(Pool = "test")]
    public static async Task FloodAsync([FromServices] Flood flood, Stream output)
    {
        try
        {
            var bytes = new byte[10_000];
            while (true)
            {
                await output.WriteAsync(bytes);
                flood.Written += bytes.Length;
            }
        }
        catch (Exception e)
        {
            flood.EndedBy.TrySetResult(e);
            throw;
        }
    }

    /// <summary>Reads a little, and then stays at its gate.</summary>
    [Flame(Pool = "test", Idempotent = true)]
    public static async Task<int> ReadSomeAsync(int count, bool gateFirst, string gate, [FromServices] Gates gates, Stream input, CancellationToken ct)
    {
        var buffer = new byte[Math.Max(count, 1)];
        if (gateFirst) await gates[gate].PassAsync(ct);
        if (count > 0) await input.ReadExactlyAsync(buffer.AsMemory(0, count), ct);
        if (!gateFirst) await gates[gate].PassAsync(ct);
        return Pattern.Holds(buffer.AsSpan(0, count), 0) ? count : -1;
    }

    [Flame(Pool = "test")]
    public static async Task<string> MisuseAsync(Stream reads, Stream writes)
    {
        var words = new List<string>();
        await TryAsync(() => reads.WriteAsync(new byte[1]).AsTask());
        await TryAsync(() => writes.ReadAsync(new byte[1]).AsTask());
        await TryAsync(() => Task.FromResult(reads.Position));
        await TryAsync(() => Task.FromResult(writes.Seek(0, SeekOrigin.Begin)));
        await reads.DisposeAsync();
        await writes.DisposeAsync();
        await TryAsync(() => reads.ReadAsync(new byte[1]).AsTask());
        await TryAsync(() => writes.WriteAsync(new byte[1]).AsTask());
        return string.Join(' ', words);

        async Task TryAsync(Func<Task> act)
        {
            try
            {
                await act();
                words.Add("done");
            }
            catch (Exception e)
            {
                words.Add(e.GetType().Name);
            }
        }
    }
}

/// <summary>What is known of a method that writes without end.</summary>
internal sealed class Flood
{
    public long Written { get; set; }

    public TaskCompletionSource<Exception> EndedBy { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
