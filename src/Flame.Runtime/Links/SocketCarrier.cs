using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Flame.Links;

/// <summary>
/// Between processes of one host: a Unix domain socket in a private directory, or loopback TCP where there are none.
/// </summary>
internal sealed class SocketCarrier : LinkCarrier
{
    private const string Unix = "unix";
    private const string Tcp = "tcp";

    private readonly bool _useTcp;

    /// <summary>Listens on a Unix domain socket where the system has them.</summary>
    /// <param name="useTcp">Forces loopback TCP.</param>
    public SocketCarrier(bool useTcp = false) => _useTcp = useTcp || !Socket.OSSupportsUnixDomainSockets;

    public override string Scheme => _useTcp ? Tcp : Unix;

    public override Task<LinkListener> ListenAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult<LinkListener>(_useTcp ? SocketListener.OnLoopback() : SocketListener.InPrivateDirectory());
    }

    public override async Task<Stream> DialAsync(string endpoint, string? certificatePin, CancellationToken ct)
    {
        var target = Parse(endpoint);

        // Somebody else's socket would be told the token.
        if (target is UnixDomainSocketEndPoint)
            SocketDirectory.Check(Path.GetDirectoryName(endpoint[(Unix.Length + 1)..])!);
        var socket = Create(target.AddressFamily);
        try
        {
            await socket.ConnectAsync(target, ct).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new IOException($"Nobody answers at {endpoint}: {exception.Message}", exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal static Socket Create(AddressFamily family)
    {
        if (family == AddressFamily.Unix)
            return new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        // Frames are packed into one write already; to wait for more would only delay the last of a run.
        return new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    }

    private static EndPoint Parse(string endpoint)
    {
        if (endpoint.Split(':', 2) is [var scheme, var address])
        {
            if (scheme == Unix && IsSocketPath(address))
                return new UnixDomainSocketEndPoint(address);

            // Loopback only: this carrier is not encrypted.
            if (scheme == Tcp && IPEndPoint.TryParse(address, out var target) && IPAddress.IsLoopback(target.Address))
                return target;
        }

        throw new IOException(string.Create(CultureInfo.InvariantCulture, $"'{endpoint}' is no endpoint of this host: expected unix:<path> or tcp:127.0.0.1:<port>"));
    }

    private static bool IsSocketPath(string path) => SocketDirectory.IsPlain(path) && SocketDirectory.Fits(path);
}
