using System.Diagnostics;
using Flame.Grpc;
using Flame.Links;

namespace Flame.Benchmarks;

/// <summary>
/// The call on an empty pool over each kind of link, against a process that dials back under TLS and sends one message. All of
/// them are processes of this program, which takes longer to start than a small one does: only what is here compares.
/// </summary>
internal sealed class ColdLinks : IAsyncDisposable
{
    private readonly SemaphoreSlim _gone = new(0);
    private readonly DialBack _bare = new();
    private FlamePools _pools = null!;

    public static async Task<ColdLinks> StartAsync()
    {
        var links = new ColdLinks();
        links._pools = await FlameApplication.StartAsync(flame => flame
            .AddPool("socket", links.Cold, new DialledBack(new SocketCarrier()))
            .AddPool("grpc", links.Cold, new DialledBack(new GrpcCarrier()))
            .AddPool("http2", links.Cold, new DialledBack(GrpcCarrier.OverHttp2))
            .AddPool("batch"));   // of the other benchmark's methods; not used here
        return links;
    }

    public async Task RoundAsync(Report? report)
    {
        using var here = _pools.Use();
        await MeasureAsync(DialBack.Name, _bare.RunAsync);
        await MeasureAsync("[Flame], Unix socket", () => CallAsync(Echo.Remote.SocketProcessAsync));
        await MeasureAsync("[Flame], TLS 1.3", () => CallAsync(Echo.Remote.GrpcProcessAsync));
        await MeasureAsync("[Flame], one gRPC stream under TLS 1.3", () => CallAsync(Echo.Remote.Http2ProcessAsync));

        async Task MeasureAsync(string name, Func<Task<TimeSpan>> run) =>
            report?.Add("cold call of this program, by link", "ms", name, DialBack.Name, (await Patience.WaitAsync(name, run())).TotalMilliseconds);
    }

    public async ValueTask DisposeAsync()
    {
        await _pools.DisposeAsync();
        _bare.Dispose();
        _gone.Dispose();
    }

    private void Cold(FlamePoolOptions pool)
    {
        pool.Max = 1;
        pool.SingleUse = true;
        pool.OnShrink = _ => _gone.Release();
    }

    private async Task<TimeSpan> CallAsync(Func<Task<int>> call)
    {
        var started = Stopwatch.GetTimestamp();
        await call();
        var elapsed = Stopwatch.GetElapsedTime(started);
        await _gone.WaitAsync();
        return elapsed;
    }
}
