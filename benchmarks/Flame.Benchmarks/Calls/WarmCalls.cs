using System.Diagnostics;
using System.Globalization;
using Flame.Links;

namespace Flame.Benchmarks;

/// <summary>Calls on executors that are up, against gRPC unary to a server that is up, each over the same kind of connection.</summary>
internal sealed class WarmCalls : IRounds
{
    private const string SocketPeer = "gRPC unary, Unix socket";
    private const string TlsPeer = "gRPC unary, TCP with TLS 1.3";

    private readonly List<Contender> _contenders = [];
    private readonly Stack<IAsyncDisposable> _open = [];

    public static async Task<IRounds> StartAsync()
    {
        var calls = new WarmCalls();
        await calls.AddPeersAsync();
        await calls.AddPoolsAsync();
        return calls;
    }

    public async Task RoundAsync(Report? report, TimeSpan time)
    {
        foreach (var contender in _contenders)
        {
            var measured = await Load.SequentialAsync(contender, time);
            report?.Add("one call at a time, p50", "µs", contender, measured.P50);
            report?.Add("one call at a time, p99", "µs", contender, measured.P99);
            report?.Add("one call at a time, processor time of both processes", "µs per call", contender, measured.ProcessorMicroseconds);
            report?.Add("one call at a time, allocated by the caller's process", "B per call", contender, measured.BytesPerCall);
        }

        foreach (var callers in (int[])[64, 1000])
        {
            foreach (var contender in _contenders)
            {
                var measured = await Load.InFlightAsync(contender, callers, time);
                report?.Add($"{callers} calls in flight", "calls per second", contender, measured.CallsPerSecond);
                report?.Add($"{callers} calls in flight, processor time of both processes", "µs per call", contender, measured.ProcessorMicroseconds);
                report?.Add($"{callers} calls in flight, allocated by the caller's process", "B per call", contender, measured.BytesPerCall);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_open.TryPop(out var open)) await open.DisposeAsync();
    }

    private async Task AddPeersAsync()
    {
        var directory = SocketDirectory.Create();
        _open.Push(new Closing(directory.Delete));
        var server = new ChildProcess(Environment.ProcessPath!, "--grpc-server", directory.SocketPath);
        _open.Push(server);
        var port = int.Parse(await server.ReadAsync(), CultureInfo.InvariantCulture);
        var pin = await server.ReadAsync();
        Add(SocketPeer, GrpcPeer.ConnectSocket(directory.SocketPath));
        Add(TlsPeer, GrpcPeer.ConnectTls(port, pin));

        void Add(string name, (IDisposable Channel, Func<Request, Task<Response>> Call) peer)
        {
            _open.Push(new Closing(peer.Channel.Dispose));
            _contenders.Add(new Contender(name, name, peer.Call, Process.GetProcessById(server.Id)));
        }
    }

    private async Task AddPoolsAsync()
    {
        _open.Push(await FlamePoolsOf.EchoAsync());
        Add("[Flame], Unix socket", SocketPeer, request => Echo.OverSocketAsync(request), await Echo.SocketProcessAsync());
        Add("[Flame], gRPC carrier, TLS 1.3", TlsPeer, request => Echo.OverGrpcAsync(request), await Echo.GrpcProcessAsync());

        void Add(string name, string peer, Func<Request, Task<Response>> call, int process) =>
            _contenders.Add(new Contender(name, peer, call, Process.GetProcessById(process)));
    }
}
