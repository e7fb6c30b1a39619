using System.Diagnostics;

namespace Flame.Benchmarks;

/// <summary>What one contender did in one round.</summary>
internal readonly record struct Measured(double P50, double P99, double CallsPerSecond, double BytesPerCall);

/// <summary>Makes calls, one at a time or many at once, for a given time.</summary>
internal static class Load
{
    private static readonly Request Small = new(20, 22, "hello, flame");

    public static async Task<Measured> SequentialAsync(Func<Request, Task<Response>> call, TimeSpan time)
    {
        var latencies = new List<double>(100_000);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            var before = Stopwatch.GetTimestamp();
            Check(await call(Small));
            latencies.Add(Stopwatch.GetElapsedTime(before).TotalMicroseconds);
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        var bytes = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        latencies.Sort();
        return new Measured(
            latencies[latencies.Count / 2], latencies[latencies.Count * 99 / 100], latencies.Count / elapsed.TotalSeconds, bytes / (double)latencies.Count);
    }

    public static async Task<Measured> InFlightAsync(Func<Request, Task<Response>> call, int callers, TimeSpan time)
    {
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(CallerAsync)));
        var elapsed = Stopwatch.GetElapsedTime(started);
        var calls = counts.Sum();
        return new Measured(0, 0, calls / elapsed.TotalSeconds, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)calls);

        async Task<long> CallerAsync()
        {
            var done = 0L;
            while (Stopwatch.GetElapsedTime(started) < time)
            {
                Check(await call(Small));
                done++;
            }

            return done;
        }
    }

    private static void Check(Response response)
    {
        if (response.Sum != 42) throw new InvalidOperationException($"the answer was {response.Sum}");
    }
}
