using System.Net;
using System.Net.Sockets;

namespace Flame.Links;

/// <summary>A socket of the parent at which executors arrive, until it is disposed.</summary>
internal sealed class ListeningSocket : IDisposable
{
    // A pool may boot hundreds of executors at once, and a full backlog refuses a Unix socket instead of delaying it.
    private const int Backlog = 512;

    // Accepting fails while this process is out of file handles. It recovers when others are closed.
    private static readonly TimeSpan s_shortagePause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly CancellationTokenSource _disposed = new();

    /// <exception cref="SocketException">The system does not let it.</exception>
    public ListeningSocket(EndPoint at)
    {
        _socket = SocketCarrier.Create(at.AddressFamily);
        try
        {
            // Everywhere means both versions.
            if (at is IPEndPoint ip && ip.Address.Equals(IPAddress.IPv6Any)) _socket.DualMode = true;
            _socket.Bind(at);
            _socket.Listen(Backlog);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        EndPoint = _socket.LocalEndPoint!;
    }

    public EndPoint EndPoint { get; }

    /// <summary>Waits for the next who comes; throws <see cref="OperationCanceledException"/> once disposed.</summary>
    public async ValueTask<Socket> AcceptAsync(CancellationToken ct)
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
                return socket;
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

    public void Dispose()
    {
        _disposed.Cancel();
        _socket.Dispose();
    }
}
