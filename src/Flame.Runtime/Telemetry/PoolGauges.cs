using System.Diagnostics.Metrics;

namespace Flame.Telemetry;

/// <summary>What the state of pools says to whoever collects metrics; calls do nothing for it.</summary>
internal static class PoolGauges
{
    public static IEnumerable<Measurement<long>> Waiting() => LivePools.All().Select(static pool => new Measurement<long>(pool.Load().Waiting, Tags.Pool(pool)));

    public static IEnumerable<Measurement<long>> Running() => LivePools.All().Select(static pool => new Measurement<long>(pool.Load().Running, Tags.Pool(pool)));

    public static IEnumerable<Measurement<double>> ExecutorTime() => LivePools.All().Select(static pool => new Measurement<double>(pool.ExecutorTime.Total.TotalSeconds, Tags.Pool(pool)));

    public static IEnumerable<Measurement<long>> Executors()
    {
        foreach (var pool in LivePools.All())
        {
            var load = pool.Load();
            yield return In("booting", load.Booting);
            yield return In("idle", load.Idle);
            yield return In("busy", load.Busy);
            yield return In("draining", load.Draining);

            Measurement<long> In(string state, int count) => new(count, Tags.Pool(pool), new KeyValuePair<string, object?>("flame.executor.state", state));
        }
    }
}
