using Flame.Grpc;
using Flame.Links;

namespace Flame.EndToEnd.Tests.Calls;

/// <summary>One executor with many slots over one carrier, kept for a class of tests; tests that need other options start their own.</summary>
public abstract class CarrierPools(Action<FlameBuilder> carry) : IAsyncLifetime
{
    internal LogRecorder Log { get; } = new();

    public FlamePools Pools { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Pools = await StartAsync(p => (p.Min, p.MaxConcurrency) = (1, 32), configure: f => f.RebuildException(e => new AppException(e.RemoteMessage)));

    /// <summary>Starts pools of the test's own over the same carrier; one executor, unless the test says more.</summary>
    public Task<FlamePools> StartAsync(Action<FlamePoolOptions> options, Action<FlameBuilder>? configure = null) =>
        TestPools.StartAsync(
            flame =>
            {
                carry(flame);
                flame.AddPool("main", p =>
                {
                    p.Max = 1;
                    options(p);
                });
                configure?.Invoke(flame);
            },
            Log);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Pools.DisposeAsync();
    }
}

public sealed class SocketPools() : CarrierPools(_ => { });

public sealed class TcpPools() : CarrierPools(f => f.Carrier = new SocketCarrier(useTcp: true));

public sealed class GrpcPools() : CarrierPools(f => f.UseGrpc());

public sealed class ElsewherePools() : CarrierPools(f => f.UseGrpc().UseBackend(new ElsewhereBackend()));

public sealed class ReversePools() : CarrierPools(f => f.UseBackend(new ReverseBackend()));
