using Flame.Grpc;

namespace Flame.Benchmarks;

/// <summary>Calls on executors that are up, against gRPC unary to a server that is up.</summary>
internal sealed class WarmCalls : IAsyncDisposable
{
    private const string Peer = "gRPC unary, TCP";

    private readonly List<(string Name, Func<Request, Task<Response>> Call)> _contenders = [];
    private readonly List<IAsyncDisposable> _open = [];

    public static async Task<WarmCalls> StartAsync()
    {
        var calls = new WarmCalls();
        var server = new ChildProcess(Environment.ProcessPath!, "--grpc-server");
        calls._open.Add(server);
        var (channel, unary) = GrpcPeer.Connect(int.Parse(await server.ReadAsync(), System.Globalization.CultureInfo.InvariantCulture));
        calls._open.Add(new Closing(channel));
        calls._contenders.Add((Peer, unary));
        await calls.AddAsync("[Flame], Unix socket", _ => { });
        await calls.AddAsync("[Flame], gRPC carrier, TLS 1.3", flame => flame.UseGrpc());
        return calls;
    }

    public async Task RoundAsync(Report? report, TimeSpan time)
    {
        foreach (var (name, call) in _contenders)
        {
            var measured = await Load.SequentialAsync(call, time);
            report?.Add("one call at a time, p50", "µs", name, measured.P50);
            report?.Add("one call at a time, p99", "µs", name, measured.P99);
            report?.Add("one call at a time, allocated by the caller's process", "B per call", name, measured.BytesPerCall);
        }

        foreach (var callers in (int[])[64, 1000])
        {
            foreach (var (name, call) in _contenders)
            {
                var measured = await Load.InFlightAsync(call, callers, time);
                report?.Add($"{callers} calls in flight", "calls per second", name, measured.CallsPerSecond);
                report?.Add($"{callers} calls in flight, allocated by the caller's process", "B per call", name, measured.BytesPerCall);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var open in Enumerable.Reverse(_open)) await open.DisposeAsync();
    }

    private async Task AddAsync(string name, Action<FlameBuilder> configure)
    {
        var pools = await FlameApplication.StartAsync(flame =>
        {
            configure(flame);
            flame.AddPool("local", pool => (pool.Min, pool.Max, pool.MaxConcurrency) = (1, 1, 4096));
        });
        _open.Add(pools);
        _contenders.Add((name, CallAsync));

        async Task<Response> CallAsync(Request request)
        {
            using (pools.Use()) return await Echo.LocalAsync(request);
        }
    }

    private sealed class Closing(IDisposable open) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            open.Dispose();
            return default;
        }
    }
}
