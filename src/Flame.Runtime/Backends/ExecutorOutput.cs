using System.Buffers;
using System.Text;

namespace Flame.Backends;

/// <summary>
/// Reads what an executor writes outside its link, line by line, and keeps the last lines for the reason of its end.
/// A line has a bound, so that a program that writes no line ends cannot fill the parent's memory.
/// </summary>
internal sealed class ExecutorOutput(BootRequest request)
{
    internal const int MaxLineBytes = 16 * 1024;
    private const int KeptLines = 20;
    private const int KeptLength = 512;

    private readonly Lock _lock = new();
    private readonly Queue<string> _last = new(KeptLines);
    private string? _crash;
    private long _bytes;

    /// <summary>Bytes that were read so far, from both streams.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The last lines of both streams, shortened, the oldest first; before them how its last words began.</summary>
    public IReadOnlyList<string> LastLines()
    {
        lock (_lock)
            return _crash is null || _last.Contains(_crash) ? [.. _last] : [_crash, .. _last];
    }

    /// <summary>Reads to the end. Never faults.</summary>
    public async Task ReadAsync(Stream stream, bool isError)
    {
        var buffer = new byte[MaxLineBytes];
        var filled = 0;
        try
        {
            while (true)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(filled)).ConfigureAwait(false);
                if (read == 0)
                    break;
                Interlocked.Add(ref _bytes, read);
                filled = TakeLines(buffer, filled + read, isError);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The pipe was closed under the read: the executor is gone, and this is its end.
        }

        if (filled > 0)
            Take(buffer.AsSpan(0, filled), isError);
    }

    // How the runtime begins its last words, and an executor that could not be entered. The stack that follows is often longer than what is kept.
    internal static bool IsCrash(string line) =>
        line.StartsWith("Unhandled exception", StringComparison.Ordinal)
        || line.StartsWith("FLM2106: ", StringComparison.Ordinal)
        || line.StartsWith("Stack overflow", StringComparison.Ordinal)
        || line.StartsWith("Process terminated", StringComparison.Ordinal)
        || line.StartsWith("Fatal error", StringComparison.Ordinal)
        || line.StartsWith("Out of memory", StringComparison.Ordinal);

    private int TakeLines(byte[] buffer, int filled, bool isError)
    {
        var rest = buffer.AsSpan(0, filled);
        while (rest.IndexOf((byte)'\n') is >= 0 and var end)
        {
            Take(rest[..end], isError);
            rest = rest[(end + 1)..];
        }

        if (rest.Length == buffer.Length)
        {
            var cut = WholeCharacters(rest);
            Take(rest[..cut], isError);
            rest = rest[cut..];
        }

        rest.CopyTo(buffer);
        return rest.Length;
    }

    // A line is cut between two characters; where the bytes are no UTF-8, anywhere.
    private static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= 4; back++)
        {
            var lead = bytes[^back];
            if (lead < 0x80) break;
            if (lead >= 0xC0) return Rune.DecodeFromUtf8(bytes[^back..], out _, out _) == OperationStatus.NeedMoreData ? bytes.Length - back : bytes.Length;
        }

        return bytes.Length;
    }

    private void Take(ReadOnlySpan<byte> bytes, bool isError)
    {
        // A program that dumps its environment must not carry the secret into the parent's logs.
        var line = Encoding.UTF8.GetString(bytes).TrimEnd('\r');
        if (request.ParentVariable.Length > 0)
            line = line.Replace(request.ParentVariable, "…", StringComparison.Ordinal);
        if (!string.IsNullOrWhiteSpace(line))
        {
            lock (_lock)
            {
                if (_last.Count == KeptLines)
                    _last.Dequeue();
                var kept = line.Length <= KeptLength ? line : line[..KeptLength] + "…";
                _last.Enqueue(kept);
                if (isError && IsCrash(line))
                    _crash = kept;
            }
        }

        try
        {
            request.Output(new OutputLine(line, isError));
        }
#pragma warning disable CA1031 // A logger that fails must not block the executor's pipes.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
