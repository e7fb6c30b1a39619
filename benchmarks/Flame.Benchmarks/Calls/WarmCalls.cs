using System.Diagnostics;
using Flame.Links;

namespace Flame.Benchmarks;

/// <summary>Calls on executors that are up, against peers whose servers are up.</summary>
internal sealed class WarmCalls : IRounds
{
    private const string SocketPeerName = GrpcPeer.Name + ", Unix socket";
    private const string TlsPeerName = GrpcPeer.Name + ", TCP with TLS 1.3";

    // With ten contenders a round takes fifteen seconds.
    private const double Part = 0.5;

    private readonly List<Contender> _contenders = [];
    private readonly Stack<IAsyncDisposable> _open = [];

    public static async Task<IRounds> StartAsync()
    {
        var calls = new WarmCalls();
        await calls.AddGrpcAsync();
        await calls.AddPeersAsync();
        await calls.AddPoolsAsync();
        return calls;
    }

    public async Task RoundAsync(Report? report, TimeSpan time)
    {
        foreach (var contender in _contenders)
        {
            var measured = await Load.SequentialAsync(contender, time * Part);
            report?.Add("one call at a time, p50", "µs", contender, measured.P50);
            report?.Add("one call at a time, p99", "µs", contender, measured.P99);
            report?.Add("one call at a time, p99.9", "µs", contender, measured.P999);
            report?.Add("one call at a time, processor time of both processes", "µs per call", contender, measured.ProcessorMicroseconds);
            report?.Add("one call at a time, allocated by the caller's process", "B per call", contender, measured.BytesPerCall);
        }

        foreach (var callers in (int[])[64, 1000])
        {
            foreach (var contender in _contenders.Where(contender => contender.TakesMany))
            {
                var measured = await Load.InFlightAsync(contender, callers, time * Part);
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

    private async Task AddGrpcAsync()
    {
        var server = Open(await GrpcServer.StartAsync());
        Add(SocketPeerName, SocketPeerName, server.OverSocket.CallAsync, server.Process.Id);
        Add(TlsPeerName, TlsPeerName, server.OverTls.CallAsync, server.Process.Id);
        Add(PackedPeer.Name, PackedPeer.Name, Open(server.OverTls.Pack()).CallAsync, server.Process.Id);
    }

    private async Task AddPeersAsync()
    {
        var silo = Open(PeerServer.Start(OrleansPeer.Name));
        var orleans = Open(await OrleansPeer.ConnectAsync(await silo.ReadAsync()));
        Add(OrleansPeer.Name, OrleansPeer.Name, orleans.CallAsync, silo.Id);

        var path = NewPath();
        var rpcServer = Open(PeerServer.Start(JsonRpcPeer.Name, path));
        await rpcServer.ReadAsync();
        var rpc = await JsonRpcPeer.ConnectAsync(path);
        Open(new Closing(rpc.Dispose));
        Add(JsonRpcPeer.Name, JsonRpcPeer.Name, rpc.CallAsync, rpcServer.Id);

        path = NewPath();
        var bareServer = Open(PeerServer.Start(SocketPeer.Name, path));
        await bareServer.ReadAsync();
        var bare = Open(await SocketPeer.ConnectAsync(path));
        Add(SocketPeer.Name, SocketPeer.Name, bare.CallAsync, bareServer.Id);

        path = NewPath();
        var blockingServer = Open(PeerServer.Start(BlockingPeer.Name, path));
        await blockingServer.ReadAsync();
        var blocking = Open(await BlockingPeer.ConnectAsync(path));
        _contenders.Add(new Contender(BlockingPeer.Name, BlockingPeer.Name, blocking.CallAsync, Process.GetProcessById(blockingServer.Id)) { TakesMany = false });
    }

    private async Task AddPoolsAsync()
    {
        Open(await FlamePoolsOf.EchoAsync());
        Add("[Flame], Unix socket", SocketPeerName, request => Echo.OverSocketAsync(request), await Echo.SocketProcessAsync());
        Add("[Flame] between hosts, TLS 1.3", TlsPeerName, request => Echo.OverGrpcAsync(request), await Echo.GrpcProcessAsync());
        Add("[Flame] between hosts, one gRPC stream", PackedPeer.Name, request => Echo.OverHttp2Async(request), await Echo.Http2ProcessAsync());
    }

    private void Add(string name, string peer, Func<Request, Task<Response>> call, int process) =>
        _contenders.Add(new Contender(name, peer, call, Process.GetProcessById(process)));

    private T Open<T>(T open) where T : IAsyncDisposable
    {
        _open.Push(open);
        return open;
    }

    private string NewPath()
    {
        var directory = SocketDirectory.Create();
        Open(new Closing(directory.Delete));
        return directory.SocketPath;
    }
}
