using System.Diagnostics;
using System.Globalization;

namespace Flame.Benchmarks;

/// <summary>Large payloads sent there and back: an array of bytes is the argument, and a new one the result.</summary>
internal sealed class BulkCalls : IRounds
{
    // Four of the largest at a time would measure how a machine runs out of memory.
    private static readonly (string Name, int Size, int[] Callers)[] s_payloads =
        [("1 KiB", 1024, [1, 4]), ("64 KiB", 64 * 1024, [1, 4]), ("1 MiB", 1024 * 1024, [1, 4]), ("16 MiB", 16 * 1024 * 1024, [1, 4]), ("256 MiB", 256 * 1024 * 1024, [1])];

    private readonly List<BulkContender> _contenders = [];
    private readonly Stack<IAsyncDisposable> _open = [];

    public static async Task<IRounds> StartAsync()
    {
        var calls = new BulkCalls();
        var directory = Links.SocketDirectory.Create();
        calls._open.Push(new Closing(directory.Delete));
        calls._contenders.Add(await calls.SocketPeerAsync(directory.SocketPath));
        await calls.AddGrpcAsync();
        await calls.AddPoolsAsync();
        return calls;
    }

    public async Task RoundAsync(Report? report, TimeSpan time)
    {
        foreach (var (name, size, atATime) in s_payloads)
        {
            var payload = new byte[size];
            Random.Shared.NextBytes(payload);
            foreach (var contender in _contenders)
            {
                foreach (var callers in atATime)
                {
                    var (rate, processor) = await Patience.WaitAsync(contender.Name, MeasureAsync(contender, payload, callers, time), time);
                    var what = string.Create(CultureInfo.InvariantCulture, $"{name} echoed, {callers} at a time");
                    report?.Add(what, "MB/s", contender.Name, contender.Peer, rate);
                    report?.Add(what + ", processor time of both processes", "ms per MB", contender.Name, contender.Peer, processor);
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_open.TryPop(out var open)) await open.DisposeAsync();
    }

    private static async Task<(double Rate, double Processor)> MeasureAsync(BulkContender contender, byte[] payload, int callers, TimeSpan time)
    {
        var processor = Contender.ProcessorTimeWith(contender.Server);
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(CallerAsync)));
        var megabytes = counts.Sum() * (payload.Length / 1e6);
        var elapsed = Stopwatch.GetElapsedTime(started);
        return (megabytes / elapsed.TotalSeconds, (Contender.ProcessorTimeWith(contender.Server) - processor).TotalMilliseconds / megabytes);

        async Task<long> CallerAsync()
        {
            var done = 0L;
            while (Stopwatch.GetElapsedTime(started) < time)
            {
                var answer = await contender.Call(payload);
                if (answer.Length != payload.Length || answer[^1] != payload[^1] || answer[answer.Length / 2] != payload[payload.Length / 2]) throw new InvalidOperationException("the answer is another");
                done++;
            }

            return done;
        }
    }

    private async Task<BulkContender> SocketPeerAsync(string path)
    {
        var server = PeerServer.Start(SocketEcho.Name, path);
        _open.Push(server);
        await server.ReadAsync();
        var peer = await SocketEcho.ConnectAsync(path);
        _open.Push(peer);
        return new BulkContender(SocketEcho.Name, SocketEcho.Name, peer.CallAsync, Process.GetProcessById(server.Id));
    }

    private async Task AddGrpcAsync()
    {
        const string OverSocket = GrpcPeer.Name + ", Unix socket", OverTls = GrpcPeer.Name + ", TCP with TLS 1.3";
        var server = await GrpcServer.StartAsync();
        _open.Push(server);
        _contenders.Add(new BulkContender(OverSocket, OverSocket, server.OverSocket.EchoAsync, server.Process));
        _contenders.Add(new BulkContender(OverTls, OverTls, server.OverTls.EchoAsync, server.Process));
    }

    private async Task AddPoolsAsync()
    {
        _open.Push(await FlamePoolsOf.EchoAsync());
        _contenders.Add(new BulkContender("[Flame], Unix socket", SocketEcho.Name, Echo.Remote.BytesOverSocketAsync, Process.GetProcessById(await Echo.SocketProcessAsync())));
        _contenders.Add(new BulkContender("[Flame] between hosts, TLS 1.3", SocketEcho.Name, Echo.Remote.BytesOverGrpcAsync, Process.GetProcessById(await Echo.GrpcProcessAsync())));
    }
}

/// <summary>One way to send bytes there and back.</summary>
internal sealed record BulkContender(string Name, string Peer, Func<byte[], Task<byte[]>> Call, Process Server);
