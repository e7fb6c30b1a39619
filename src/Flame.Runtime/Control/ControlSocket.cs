using System.Net.Sockets;
using Flame.Diagnostics;
using Flame.Links;
using Microsoft.Extensions.Logging;

namespace Flame.Control;

/// <summary>
/// Where a parent can be asked what it does, by its own user on its own machine. Until somebody comes it is a socket that listens, and nothing else is loaded:
/// every cold start has one.
/// </summary>
internal sealed class ControlSocket : IDisposable
{
    private const int MostConnections = 16;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly ListeningSocket _socket;
    private readonly string _path;
    private readonly FlamePools _pools;
    private readonly CancellationTokenSource _end = new();
    private int _connections;

    private ControlSocket(ListeningSocket socket, string path, FlamePools pools)
    {
        (_socket, _path, _pools) = (socket, path, pools);
        _ = AcceptAsync();
    }

    /// <summary>Listens; <see langword="null"/>: it cannot, which is said and fails nothing.</summary>
    public static ControlSocket? Open(FlamePools pools, ILogger log)
    {
        var directory = "its directory";
        try
        {
            directory = ControlDirectory.Own();
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
            else Directory.CreateDirectory(directory, OwnerOnly);

            // One that was there already is taken without a word, whosever it is.
            if (SocketDirectory.Doubt(directory) is { } doubt) throw new IOException($"it {doubt}");
            var path = ControlDirectory.NewSocket(directory);
            return new ControlSocket(new ListeningSocket(new UnixDomainSocketEndPoint(path)), path, pools);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SocketException or ArgumentException or NotSupportedException)
        {
            FlameLog.NoControl(log, directory, exception.Message);
            return null;
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _socket.Dispose();
        File.Delete(_path);

        // Here and not at the start, where a caller waits.
        ControlDirectory.Sweep();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _socket.AcceptAsync(_end.Token).ConfigureAwait(false);
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
