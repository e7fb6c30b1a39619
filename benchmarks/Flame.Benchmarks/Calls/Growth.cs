using System.Diagnostics;
using System.Globalization;

namespace Flame.Benchmarks;

/// <summary>Whether a call costs more the more there were before it, and what more executors bring.</summary>
internal sealed class Growth : IRounds
{
    private const int InFlight = 64;

    private static readonly Request s_request = new(20, 22, "hello, flame");

    private readonly FlamePools _pools;
    private readonly FlamePools[] _sizes;

    private Growth(FlamePools pools, FlamePools[] sizes) => (_pools, _sizes) = (pools, sizes);

    public static async Task<IRounds> StartAsync() =>
        new Growth(await FlamePoolsOf.EchoAsync(), await Task.WhenAll(FlamePoolsOf.Sizes.Select(FlamePoolsOf.OfSizeAsync)));

    public async Task RoundAsync(Report? report, TimeSpan time)
    {
        using (_pools.Use())
        {
            foreach (var calls in (int[])[100, 10_000, time < TimeSpan.FromSeconds(1) ? 20_000 : 1_000_000])
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{calls:#,0} calls");
                var (perSecond, bytes) = await CallAsync(calls, InFlight);
                report?.Add($"as work grows, {InFlight} in flight", "calls per second", name, name, perSecond);
                report?.Add("as work grows, allocated by the caller's process", "B per call", name, name, bytes);
                report?.Add("as work grows, managed memory of the caller's process behind it", "KiB", name, name, GC.GetTotalMemory(forceFullCollection: true) / 1024.0);
            }
        }

        for (var i = 0; i < _sizes.Length; i++)
        {
            using var here = _sizes[i].Use();
            var executors = FlamePoolsOf.Sizes[i];
            var (perSecond, _) = await CallAsync((int)(60_000 * time.TotalSeconds), InFlight * executors);
            report?.Add("as executors grow, 64 in flight for each", "calls per second", $"{executors} executors", $"{executors} executors", perSecond);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _pools.DisposeAsync();
        foreach (var pools in _sizes) await pools.DisposeAsync();
    }

    private static async Task<(double PerSecond, double Bytes)> CallAsync(int calls, int inFlight)
    {
        var left = calls;
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(CallerAsync)));
        return (calls / Stopwatch.GetElapsedTime(started).TotalSeconds, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)calls);

        async Task CallerAsync()
        {
            while (Interlocked.Decrement(ref left) >= 0) await Echo.OverSocketAsync(s_request);
        }
    }
}
