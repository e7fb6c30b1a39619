using Flame.Grpc;
using Flame.Links;

namespace Flame.Benchmarks;

/// <summary>The pools that more than one part measures.</summary>
internal static class FlamePoolsOf
{
    /// <summary>How many executors a pool has.</summary>
    public static IReadOnlyList<int> Sizes { get; } = [1, 4, 16];

    /// <summary>One executor for each carrier, for the methods of <see cref="Echo"/>.</summary>
    public static Task<FlamePools> EchoAsync() => StartAsync(1);

    /// <summary>So many executors of this machine.</summary>
    public static async Task<FlamePools> OfSizeAsync(int executors)
    {
        var pools = await StartAsync(executors);
        while (pools["socket"].GetStats().Ready < executors) await Task.Delay(50);
        return pools;
    }

    private static Task<FlamePools> StartAsync(int executors) => FlameApplication.StartAsync(flame => flame
        .AddPool("http2", pool => Echoing(pool).IdleShutdownAfter = TimeSpan.FromMinutes(10), new DialledBack(GrpcCarrier.OverHttp2))   // one part calls it, in turns
        .AddPool("socket", pool => (Echoing(pool).Min, pool.Max) = (executors, executors), new DialledBack(new SocketCarrier()))
        .AddPool("grpc", pool => Echoing(pool).Min = executors == 1 ? 1 : 0, new DialledBack(new GrpcCarrier()))
        .AddPool("batch"));   // of the other benchmark's methods; not used here

    private static FlamePoolOptions Echoing(FlamePoolOptions pool)
    {
        (pool.Max, pool.MaxConcurrency, pool.MaxPayloadSize) = (1, 1024, 512 * 1024 * 1024);
        return pool;
    }
}
