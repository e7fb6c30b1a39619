using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Flame.Doubles.Kubernetes;

/// <summary>
/// Connections to a pod's ports through the API: v4.channel.k8s.io, where each port has a channel for its bytes and one for
/// what is wrong, and both begin with the port's number. Neither SPDY nor its tunnel, which kubectl wants.
/// </summary>
internal sealed class PortForward(KubernetesDouble cluster)
{
    private const string Protocol = "v4.channel.k8s.io";
    private const int MaxFrame = 32 * 1024;

    public async Task ServeAsync(ApiRequest request)
    {
        var http = request.Http;
        var pod = cluster.Store.Get(request.Key) ?? throw ApiError.NotFound(ResourceKind.Pods, request.Name);
        if (!http.WebSockets.IsWebSocketRequest) throw ApiError.BadRequest("Upgrade request required");
        if (!http.WebSockets.WebSocketRequestedProtocols.Contains(Protocol)) throw ApiError.BadRequest($"unable to upgrade: no supported protocol of {string.Join(", ", http.WebSockets.WebSocketRequestedProtocols)}");
        if (pod.Text("status", "phase") != "Running") throw new ApiError(500, "InternalError", $"unable to forward port because pod is not running. Current status={pod.Text("status", "phase")}");
        var ports = http.Request.Query["ports"].Concat(http.Request.Query["port"]).SelectMany(p => p!.Split(',')).Select(p => ushort.Parse(p, CultureInfo.InvariantCulture)).ToArray();
        if (ports.Length == 0) throw ApiError.BadRequest("query parameter \"port\" is required");

        using var socket = await http.WebSockets.AcceptWebSocketAsync(Protocol).ConfigureAwait(false);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, cluster.Server.Stopping);
        using var channels = new Channels(socket, ports, end.Token);
        try
        {
            await channels.RunAsync().ConfigureAwait(false);
        }
        catch (Exception cut) when (cut is WebSocketException or OperationCanceledException or IOException)
        {
            // The client is gone.
        }

        await end.CancelAsync().ConfigureAwait(false);
    }

    private sealed class Channels(WebSocket socket, ushort[] ports, CancellationToken ct) : IDisposable
    {
        private readonly SemaphoreSlim _sending = new(1);
        private readonly TcpClient?[] _targets = new TcpClient?[ports.Length];

        public async Task RunAsync()
        {
            for (var i = 0; i < ports.Length; i++)
            {
                var number = new byte[2];
                BinaryPrimitives.WriteUInt16LittleEndian(number, ports[i]);
                await SendAsync(2 * i, number).ConfigureAwait(false);
                await SendAsync((2 * i) + 1, number).ConfigureAwait(false);
            }

            for (var i = 0; i < ports.Length; i++) await ConnectAsync(i).ConfigureAwait(false);
            await ReceiveAsync().ConfigureAwait(false);
        }

        public void Dispose()
        {
            foreach (var target in _targets) target?.Dispose();
            _sending.Dispose();
        }

        private async Task ConnectAsync(int i)
        {
            var target = new TcpClient();
            try
            {
                await target.ConnectAsync(Kubelet.HostAddress, ports[i], ct).ConfigureAwait(false);
                _targets[i] = target;
                _ = CopyAsync(i, target.GetStream());
            }
            catch (SocketException)
            {
                target.Dispose();
                await SendAsync((2 * i) + 1, Encoding.UTF8.GetBytes($"error forwarding port {ports[i]} to pod: failed to connect to localhost:{ports[i]} inside namespace: connect: connection refused")).ConfigureAwait(false);
            }
        }

        private async Task CopyAsync(int i, NetworkStream from)
        {
            var buffer = new byte[MaxFrame];
            try
            {
                while (await from.ReadAsync(buffer, ct).ConfigureAwait(false) is > 0 and var read) await SendAsync(2 * i, buffer.AsMemory(0, read)).ConfigureAwait(false);
                if (ports.Length == 1) await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ct).ConfigureAwait(false);
            }
            catch (Exception cut) when (cut is IOException or OperationCanceledException or WebSocketException or ObjectDisposedException)
            {
                if (!ct.IsCancellationRequested) socket.Abort();
            }
        }

        private async Task ReceiveAsync()
        {
            var buffer = new byte[MaxFrame + 1];
            var channel = -1;
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), ct).ConfigureAwait(false);
                if (received.MessageType == WebSocketMessageType.Close) return;
                var data = buffer.AsMemory(0, received.Count);
                if (channel < 0 && received.Count > 0) (channel, data) = (buffer[0], data[1..]);
                if (channel >= 0 && channel % 2 == 0 && _targets.ElementAtOrDefault(channel / 2) is { } target) await target.GetStream().WriteAsync(data, ct).ConfigureAwait(false);
                if (received.EndOfMessage) channel = -1;
            }
        }

        private async Task SendAsync(int channel, ReadOnlyMemory<byte> data)
        {
            var frame = new byte[data.Length + 1];
            frame[0] = (byte)channel;
            data.CopyTo(frame.AsMemory(1));
            await _sending.WaitAsync(ct).ConfigureAwait(false);
            try
            {
                await socket.SendAsync(frame, WebSocketMessageType.Binary, true, ct).ConfigureAwait(false);
            }
            finally
            {
                _sending.Release();
            }
        }
    }
}
