using System.Diagnostics;

namespace Flame.Benchmarks;

/// <summary>What one contender did in one round.</summary>
internal readonly record struct Measured(double P50, double P99, double P999, double CallsPerSecond, double ProcessorMicroseconds, double BytesPerCall);

/// <summary>Makes calls, one at a time or many at once, for a given time.</summary>
internal static class Load
{
    private static readonly Request Small = new(20, 22, "hello, flame");

    public static Task<Measured> SequentialAsync(Contender contender, TimeSpan time) => Patience.WaitAsync(contender.Name, OneByOneAsync(contender, time), time);

    public static Task<Measured> InFlightAsync(Contender contender, int callers, TimeSpan time) => Patience.WaitAsync(contender.Name, AtOnceAsync(contender, callers, time), time);

    /// <summary>Makes so many calls, and says how many there were in a second and what one allocated.</summary>
    public static Task<(double PerSecond, double BytesPerCall)> CallsAsync(Func<Request, Task<Response>> call, int calls, int inFlight) =>
        Patience.WaitAsync($"{calls} calls, {inFlight} in flight", ManyAsync(call, calls, inFlight), TimeSpan.FromMinutes(4));

    private static async Task<Measured> OneByOneAsync(Contender contender, TimeSpan time)
    {
        var latencies = new List<double>(100_000);
        var meter = new Meter(contender);
        while (meter.Elapsed < time)
        {
            var before = Stopwatch.GetTimestamp();
            Check(await contender.Call(Small));
            latencies.Add(Stopwatch.GetElapsedTime(before).TotalMicroseconds);
        }

        var measured = meter.Read(latencies.Count);
        latencies.Sort();
        return measured with { P50 = latencies[latencies.Count / 2], P99 = latencies[latencies.Count * 99 / 100], P999 = latencies[(int)(latencies.Count * 999L / 1000)] };
    }

    private static async Task<Measured> AtOnceAsync(Contender contender, int callers, TimeSpan time)
    {
        var meter = new Meter(contender);
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(CallerAsync)));
        return meter.Read(counts.Sum());

        async Task<long> CallerAsync()
        {
            var done = 0L;
            while (meter.Elapsed < time)
            {
                Check(await contender.Call(Small));
                done++;
            }

            return done;
        }
    }

    private static async Task<(double PerSecond, double BytesPerCall)> ManyAsync(Func<Request, Task<Response>> call, int calls, int inFlight)
    {
        var left = calls;
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(CallerAsync)));
        return (calls / Stopwatch.GetElapsedTime(started).TotalSeconds, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)calls);

        async Task CallerAsync()
        {
            while (Interlocked.Decrement(ref left) >= 0) Check(await call(Small));
        }
    }

    private static void Check(Response response)
    {
        if (response.Sum != 42) throw new InvalidOperationException($"the answer was {response.Sum}");
    }

    private sealed class Meter(Contender contender)
    {
        private readonly TimeSpan _processor = contender.ProcessorTime();
        private readonly long _allocated = GC.GetTotalAllocatedBytes(precise: true);
        private readonly long _started = Stopwatch.GetTimestamp();

        public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

        public Measured Read(long calls)
        {
            var elapsed = Elapsed;
            var bytes = GC.GetTotalAllocatedBytes(precise: true) - _allocated;
            var processor = contender.ProcessorTime() - _processor;
            return new Measured(0, 0, 0, calls / elapsed.TotalSeconds, processor.TotalMicroseconds / calls, bytes / (double)calls);
        }
    }
}
