using System.Diagnostics;

namespace Flame.Benchmarks;

/// <summary>Calls of a method with a cost that does not depend on the number of its items: one item each, against batches of them.</summary>
internal sealed class BatchedCalls : IRounds
{
    private const string Single = "[Flame], one item per call";

    private readonly FlamePools _pools;
    private readonly Contender[] _contenders;

    private BatchedCalls(FlamePools pools, Contender[] contenders) => (_pools, _contenders) = (pools, contenders);

    public static async Task<IRounds> StartAsync()
    {
        var pools = await FlameApplication.StartAsync(flame => flame
            .AddPool("socket").AddPool("grpc").AddPool("http2").AddPool("batch", pool => (pool.Min, pool.Max, pool.MaxConcurrency) = (1, 1, 1024)));
        using var here = pools.Use();
        var server = Process.GetProcessById(await Model.ProcessAsync());
        return new BatchedCalls(pools, [
            new Contender(Single, Single, async request => (await Model.Remote.ScoreAsync([request]))[0], server),
            new Contender("[FlameBatch], Max 32, Wait 1 ms", Single, request => Model.Batched.ScoreAsync(request), server),
        ]);
    }

    public async Task RoundAsync(Report? report, TimeSpan time)
    {
        using var here = _pools.Use();
        foreach (var contender in _contenders)
            report?.Add("a method with a fixed cost, one call at a time, p50", "µs", contender, (await Load.SequentialAsync(contender, time)).P50);

        foreach (var callers in (int[])[8, 64, 256])
        {
            foreach (var contender in _contenders)
            {
                var measured = await Load.InFlightAsync(contender, callers, time);
                report?.Add($"a method with a fixed cost, {callers} calls in flight", "items per second", contender, measured.CallsPerSecond);
                report?.Add($"a method with a fixed cost, {callers} calls in flight, processor time of both processes", "µs per item", contender, measured.ProcessorMicroseconds);
            }
        }
    }

    public ValueTask DisposeAsync() => _pools.DisposeAsync();
}
