using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Flame.Soak.Runs;

/// <summary>
/// A network between executors and their parent that can be broken: cut, swallow everything, be slow, or refuse. It listens
/// on an address of loopback of its own, at the port at which the parent listens on the usual one.
/// </summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private const int BufferSize = 32 * 1024;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<Connection, bool> _connections = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource? _swallows;
    private volatile int _delay;
    private volatile int _bytesPerSecond;
    private volatile bool _refuses;

    public FaultProxy(string host)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Parse(host), 0));
        _listener.Listen(512);
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Nothing arrives any more, and nobody is told.</summary>
    public void Swallow() => _swallows ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Everything arrives later, so many milliseconds for each piece.</summary>
    public void Delay(int milliseconds) => _delay = milliseconds;

    public void Throttle(int bytesPerSecond) => _bytesPerSecond = bytesPerSecond;

    public void Refuse() => _refuses = true;

    /// <summary>Breaks this many connections.</summary>
    public void Cut(int count)
    {
        foreach (var connection in _connections.Keys.Take(count)) connection.Dispose();
    }

    public void Heal()
    {
        (_delay, _bytesPerSecond, _refuses) = (0, 0, false);
        Interlocked.Exchange(ref _swallows, null)?.SetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Heal();
        Cut(int.MaxValue);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var near = await _listener.AcceptAsync(_end.Token);
            if (_refuses) near.Dispose();
            else _ = ServeAsync(near);
        }
    }

    private async Task ServeAsync(Socket near)
    {
        using var connection = new Connection(near);
        _connections[connection] = true;
        try
        {
            await connection.Far.ConnectAsync(IPAddress.Loopback, Port, _end.Token);
            await Task.WhenAny(PumpAsync(near, connection.Far), PumpAsync(connection.Far, near));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The parent does not listen, or the connection was cut.
        }

        _connections.TryRemove(connection, out _);
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[BufferSize];
        try
        {
            while (true)
            {
                var count = await from.ReceiveAsync(buffer, SocketFlags.None, _end.Token);
                if (_swallows is { } swallows) await swallows.Task;
                if (_delay is > 0 and var delay) await Task.Delay(delay, _end.Token);
                if (_bytesPerSecond is > 0 and var rate) await Task.Delay(TimeSpan.FromSeconds((double)count / rate), _end.Token);
                if (count == 0) return;
                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), SocketFlags.None, _end.Token);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One of the two ends is gone: the other one follows.
        }
    }

    private sealed class Connection(Socket near) : IDisposable
    {
        public Socket Far { get; } = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        public void Dispose()
        {
            near.Dispose();
            Far.Dispose();
        }
    }
}
