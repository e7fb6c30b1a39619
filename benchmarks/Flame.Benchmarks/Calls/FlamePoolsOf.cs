using Flame.Grpc;
using Flame.Links;

namespace Flame.Benchmarks;

/// <summary>The pools that more than one part measures.</summary>
internal static class FlamePoolsOf
{
    /// <summary>One executor for each carrier, for the methods of <see cref="Echo"/>.</summary>
    public static Task<FlamePools> EchoAsync() => FlameApplication.StartAsync(flame => flame
        .AddPool("socket", OneExecutor, new DialledBack(new SocketCarrier()))
        .AddPool("grpc", OneExecutor, new DialledBack(new GrpcCarrier()))
        .AddPool("batch"));   // of the other benchmark's methods; not used here

    private static void OneExecutor(FlamePoolOptions pool) => (pool.Min, pool.Max, pool.MaxConcurrency) = (1, 1, 1024);
}
