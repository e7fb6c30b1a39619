using System.Net;
using System.Net.Sockets;
using Flame.Backends;
using Flame.Grpc;
using Flame.Links;

namespace Flame.EndToEnd.Tests.Calls;

/// <summary>
/// Processes of this host that cannot reach their parent: it is the parent that connects, to the port at which each of
/// them waits, as a platform does that forwards ports.
/// </summary>
internal sealed class ReverseBackend : FlameBackend
{
    private readonly LocalProcessBackend _local = new();
    private readonly ForwardingCarrier _carrier = new();
    private readonly List<Forwarded> _alive = [];

    public override string Name => "reverse";

    internal override LinkCarrier Carrier => _carrier;

    /// <summary>Those that were made and have not been disposed.</summary>
    public Forwarded[] Alive
    {
        get
        {
            lock (_alive) return [.. _alive];
        }
    }

    /// <summary>Whether an executor that lost its parent is left to end by itself.</summary>
    public bool LeavesAlone { get; init; }

    public override async Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct)
    {
        var process = await _local.StartAsync(request, ct);
        var executor = new Forwarded(process, _carrier.Listener!, request.Executor, this);
        lock (_alive) _alive.Add(executor);
        executor.Forward();
        return executor;
    }

    /// <summary>One process, and the connection to its port.</summary>
    internal sealed class Forwarded(BackendExecutor process, ReverseListener listener, string name, ReverseBackend backend) : BackendExecutor
    {
        private readonly CancellationTokenSource _end = new();
        private volatile Socket? _socket;

        public override string Description => process.Description;

        public override Task<BackendExit> Exited => process.Exited;

        public void Forward() => _ = ForwardAsync();

        /// <summary>What the executor sees when its parent is gone: the connection ends without a word.</summary>
        public void Cut() => _socket!.Close(timeout: 0);

        public override Task StopAsync(CancellationToken ct) => backend.LeavesAlone ? Exited.WaitAsync(ct) : process.StopAsync(ct);

        public override async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            listener.Forget(name);
            await process.DisposeAsync();
            lock (backend._alive) backend._alive.Remove(this);
        }

        private async Task ForwardAsync()
        {
            var port = listener.PortOf(name);
            while (!Exited.IsCompleted && !_end.IsCancellationRequested)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), _end.Token);
                    _socket = socket;
                    await listener.AddAsync(new NetworkStream(socket, ownsSocket: true), _end.Token);
                    return;
                }
                catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
                {
                    // It does not listen yet, and nothing outside it tells when it does.
                    socket.Dispose();
                    await Task.Delay(10, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
    }

    private sealed class ForwardingCarrier : LinkCarrier
    {
        private readonly ReverseCarrier _reverse = new();

        public ReverseListener? Listener { get; private set; }

        public override string Scheme => _reverse.Scheme;

        public override async Task<LinkListener> ListenAsync(CancellationToken ct) => Listener = (ReverseListener)await _reverse.ListenAsync(ct);

        public override Task<Stream> DialAsync(string endpoint, string? certificatePin, CancellationToken ct) => _reverse.DialAsync(endpoint, certificatePin, ct);
    }
}
