using System.Net;
using System.Net.Sockets;

namespace Flame.Links;

/// <summary>The parent's end of a <see cref="SocketCarrier"/>.</summary>
internal sealed class SocketListener : LinkListener
{
    private readonly ListeningSocket _socket;
    private readonly SocketDirectory? _directory;

    private SocketListener(ListeningSocket socket, string endpoint, SocketDirectory? directory)
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
            var socket = new ListeningSocket(new UnixDomainSocketEndPoint(directory.SocketPath));
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
        var socket = new ListeningSocket(new IPEndPoint(IPAddress.Loopback, 0));
        return new SocketListener(socket, $"tcp:{socket.EndPoint}", null);
    }

    public override async ValueTask<Stream> AcceptAsync(CancellationToken ct) =>
        new NetworkStream(await _socket.AcceptAsync(ct).ConfigureAwait(false), ownsSocket: true);

    public override ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _directory?.Delete();
        return ValueTask.CompletedTask;
    }
}
