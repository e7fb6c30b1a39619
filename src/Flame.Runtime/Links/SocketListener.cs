using System.Net;
using System.Net.Sockets;

namespace Flame.Links;

/// <summary>The parent's end of a <see cref="SocketCarrier"/>.</summary>
internal sealed class SocketListener : LinkListener
{
    // A pool may boot hundreds of executors at once, and a full backlog refuses a Unix socket instead of delaying it.
    private const int Backlog = 512;

    // Accepting fails while this process is out of file handles. It recovers when others are closed.
    private static readonly TimeSpan s_shortagePause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly SocketDirectory? _directory;
    private readonly CancellationTokenSource _disposed = new();

    private SocketListener(Socket socket, string endpoint, SocketDirectory? directory)
    {
        _socket = socket;
        _directory = directory;
        Endpoint = endpoint;
    }

    public override string Endpoint { get; }

    // Whoever tidies temporary directories may take it for a leftover.
    public override bool IsGone => _directory is not null && !File.Exists(_directory.SocketPath);

    public static SocketListener InPrivateDirectory()
    {
        SocketDirectory.SweepStale();
        var directory = SocketDirectory.Create();
        try
        {
            var socket = Listen(new UnixDomainSocketEndPoint(directory.SocketPath));
            return new SocketListener(socket, $"unix:{directory.SocketPath}", directory);
        }
        catch
        {
            directory.Delete();
            throw;
        }
    }

    public static SocketListener OnLoopback()
    {
        var socket = Listen(new IPEndPoint(IPAddress.Loopback, 0));
        return new SocketListener(socket, $"tcp:{socket.LocalEndPoint}", null);
    }

    public override async ValueTask<Stream> AcceptAsync(CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, _disposed.Token);
        while (true)
        {
            either.Token.ThrowIfCancellationRequested();
            try
            {
                var socket = await _socket.AcceptAsync(either.Token).ConfigureAwait(false);
                if (socket.AddressFamily != AddressFamily.Unix)
                    socket.NoDelay = true;
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (ObjectDisposedException)
            {
                throw new OperationCanceledException("The listener was disposed.");
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.TooManyOpenSockets)
            {
                await Task.Delay(s_shortagePause, TimeProvider.System, either.Token).ConfigureAwait(false);
            }
            catch (SocketException)
            {
                // The dialler went away in between, or this listener did: the loop's head tells.
                await Task.Yield();
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
        _directory?.Delete();
    }

    private static Socket Listen(EndPoint endpoint)
    {
        var socket = SocketCarrier.Create(endpoint.AddressFamily);
        try
        {
            socket.Bind(endpoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
