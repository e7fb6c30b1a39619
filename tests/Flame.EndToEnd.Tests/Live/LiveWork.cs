using System.Globalization;
using System.Runtime.CompilerServices;
using Flame.EndToEnd.Tests.Calls;

namespace Flame.EndToEnd.Tests.Live;

/// <summary>Methods whose callers stay in touch with them.</summary>
internal static class LiveWork
{
    [Flame(Pool = "main")]
    public static async Task<int> ReportAsync(int count, IProgress<string> progress)
    {
        await Task.Yield();
        for (var i = 0; i < count; i++) progress.Report($"{Environment.ProcessId}: {i}");
        return Environment.ProcessId;
    }

    [Flame(Pool = "main")]
    public static async Task<(int Process, long Sum)> SumAsync(IAsyncEnumerable<int> numbers, IProgress<int>? progress = null, CancellationToken ct = default)
    {
        long sum = 0;
        await foreach (var number in numbers.WithCancellation(ct))
        {
            sum += number;
            if (number == 0) progress?.Report(Environment.ProcessId);
        }

        return (Environment.ProcessId, sum);
    }

    [Flame(Pool = "main", Timeout = "00:00:00.25")]
    public static async Task<long> HurryAsync(IAsyncEnumerable<int> numbers, CancellationToken ct)
    {
        long sum = 0;
        await foreach (var number in numbers.WithCancellation(ct)) sum += number;
        return sum;
    }

    [Flame(Pool = "main")]
    public static async IAsyncEnumerable<string> UpperAsync(IAsyncEnumerable<string> words, [EnumeratorCancellation] CancellationToken ct = default)
    {
        await foreach (var word in words.WithCancellation(ct)) yield return word.ToUpperInvariant();
    }

    /// <summary>Turns every byte over, and says how much memory that took here at most.</summary>
    [Flame(Pool = "main")]
    public static async Task<(long Bytes, long KilobytesMore)> InvertAsync(Stream from, Stream to, CancellationToken ct = default)
    {
        var before = PeakMemory();
        var buffer = new byte[64 * 1024];
        var bytes = 0L;
        while (await from.ReadAsync(buffer, ct) is var count and > 0)
        {
            for (var i = 0; i < count; i++) buffer[i] ^= 255;
            await to.WriteAsync(buffer.AsMemory(0, count), ct);
            bytes += count;
        }

        return (bytes, PeakMemory() - before);
    }

    public static long PeakMemory() => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
