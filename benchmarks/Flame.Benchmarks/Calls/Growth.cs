using System.Globalization;

namespace Flame.Benchmarks;

/// <summary>Whether a call costs more the more there were before it, on one pool.</summary>
internal sealed class Growth : IRounds
{
    private const int InFlight = 64;

    private readonly FlamePools _pools;

    private Growth(FlamePools pools) => _pools = pools;

    public static async Task<IRounds> StartAsync() => new Growth(await FlamePoolsOf.EchoAsync());

    public async Task RoundAsync(Report? report, TimeSpan time)
    {
        using var here = _pools.Use();
        int[] steps = [100, 10_000, time < TimeSpan.FromSeconds(1) ? 20_000 : 1_000_000];
        foreach (var calls in steps)
        {
            var (perSecond, bytes) = await Load.CallsAsync(request => Echo.OverSocketAsync(request), calls, InFlight);
            Add("calls per second", $"as work grows, {InFlight} in flight", perSecond);
            Add("B per call", "as work grows, allocated by the caller's process", bytes);
            Add("KiB", "as work grows, managed memory of the caller's process behind it", GC.GetTotalMemory(forceFullCollection: true) / 1024.0);

            void Add(string unit, string what, double value) => report?.Add(what, unit, Name(calls), Name(steps[0]), value);
        }
    }

    public ValueTask DisposeAsync() => _pools.DisposeAsync();

    private static string Name(int calls) => string.Create(CultureInfo.InvariantCulture, $"{calls:#,0} calls");
}
