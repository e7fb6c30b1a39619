using System.Net.Sockets;
using Flame.Diagnostics;
using Flame.Links;
using Microsoft.Extensions.Logging;

namespace Flame.Control;

/// <summary>
/// Where a parent can be asked what it does, by its own user on its own machine. Every cold start has one, so it listens a moment later: to load sockets and their
/// thread takes milliseconds, and a first call is over by then, or waits for its executor. Until somebody comes that is all.
/// </summary>
internal sealed class ControlSocket : IDisposable
{
    private const int MostConnections = 16;

    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly FlamePools _pools;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _end = new();
    private readonly ITimer _timer;
    private ListeningSocket? _socket;
    private string? _path;
    private int _connections;

    public ControlSocket(FlamePools pools, ILogger log)
    {
        (_pools, _log) = (pools, log);
        _timer = TimeProvider.System.CreateTimer(static socket => ((ControlSocket)socket!).Listen(), this, s_moment, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _end.Cancel();
            _timer.Dispose();
            if (_socket is null) return;
            _socket.Dispose();

            // Whoever tidies temporary directories may have been here before.
            ControlAddress.Read(_path!)!.Delete();
        }

        try
        {
            // Here and not at the start, where a caller waits.
            ControlDirectory.Sweep(Path.GetDirectoryName(_path)!);
        }
        catch (Exception)
        {
            // Tidying must not fail an end, whatever is found there.
        }
    }

    /// <summary>One that cannot says so, and fails nothing.</summary>
    private void Listen()
    {
        var directory = "its directory";
        try
        {
            directory = ControlDirectory.Own();

            // Who ends takes an empty directory along, maybe between its making and its use.
            for (var tries = 1; !TryListen(directory); tries++)
            {
                if (tries == 10) throw new IOException("it is gone again and again");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SocketException or ArgumentException or NotSupportedException)
        {
            FlameLog.NoControl(_log, directory, exception.Message);
        }
    }

    private bool TryListen(string directory)
    {
        if (Path.GetDirectoryName(directory) is { } above && !Directory.Exists(above)) throw new IOException($"there is no {above}");
        SocketDirectory.Make(directory);

        // One that was there already is taken without a word, whosever it is.
        if (SocketDirectory.Doubt(directory) is { } doubt) throw new IOException($"it {doubt}");
        lock (_gate)
        {
            if (_end.IsCancellationRequested) return true;
            _path = ControlDirectory.NewSocket(directory);
            try
            {
                _socket = new ListeningSocket(new UnixDomainSocketEndPoint(_path));
            }
            catch (SocketException) when (!Directory.Exists(directory))
            {
                return false;
            }

            _ = AcceptAsync(_socket);
            return true;
        }
    }

    private async Task AcceptAsync(ListeningSocket listening)
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await listening.AcceptAsync(_end.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (Interlocked.Increment(ref _connections) <= MostConnections) _ = ServeAsync(socket);
            else Turn(socket);
        }
    }

    private void Turn(Socket socket)
    {
        Interlocked.Decrement(ref _connections);
        socket.Dispose();
    }

    private async Task ServeAsync(Socket socket)
    {
        await new ControlConnection(socket, _pools).ServeAsync(_end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Decrement(ref _connections);
    }
}
