using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Flame.Links;

namespace Flame.Grpc;

/// <summary>
/// Where the executor cannot reach the parent, but the parent gets a stream of bytes to a port of the executor's loopback
/// (a forwarded port). The executor waits there for its parent. Only who opens the connection differs: under TLS 1.3 the
/// parent is the server all the same, known by the hash of its certificate, and the executor introduces itself.
/// </summary>
internal sealed class ReverseCarrier : LinkCarrier
{
    internal const string Name = "reverse";

    // Who connects and is not the parent must not keep the parent out for long.
    private static readonly TimeSpan s_handshakeTimeout = TimeSpan.FromSeconds(5);

    public override string Scheme => Name;

    public override Task<LinkListener> ListenAsync(CancellationToken ct) => Task.FromResult<LinkListener>(new ReverseListener());

    /// <summary>Waits for the parent at the port that the endpoint names.</summary>
    public override async Task<Stream> DialAsync(string endpoint, string? certificatePin, CancellationToken ct)
    {
        var port = Port(endpoint);
        var pin = LinkCertificate.Parse(certificatePin)
            ?? throw new IOException($"{endpoint} was not opened: without the SHA-256 pin of the parent's certificate nobody could tell who comes.");
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var waiting = new[] { IPAddress.Loopback, IPAddress.IPv6Loopback }.Where(IsThere).Select(address => WaitAsync(new IPEndPoint(address, port), pin, both.Token)).ToArray();
        var first = await Task.WhenAny(waiting).ConfigureAwait(false);
        await both.CancelAsync().ConfigureAwait(false);
        foreach (var other in waiting.Where(w => w != first))
        {
            await ((Task)other).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (other.IsCompletedSuccessfully) await other.Result.DisposeAsync().ConfigureAwait(false);
        }

        return await first.ConfigureAwait(false);
    }

    private static bool IsThere(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? Socket.OSSupportsIPv4 : Socket.OSSupportsIPv6;

    private static async Task<Stream> WaitAsync(IPEndPoint at, byte[] pin, CancellationToken ct)
    {
        using var listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(at);
            listener.Listen();
        }
        catch (SocketException exception)
        {
            throw new IOException($"{at} could not be opened for the parent: {exception.Message}", exception);
        }

        while (true)
        {
            var socket = await listener.AcceptAsync(ct).ConfigureAwait(false);
            socket.NoDelay = true;
            if (await AuthenticateAsync(socket, pin, ct).ConfigureAwait(false) is { } stream) return stream;
        }
    }

    /// <summary>The encrypted stream, if it is the parent who came; whoever else did is sent away.</summary>
    private static async Task<Stream?> AuthenticateAsync(Socket socket, byte[] pin, CancellationToken ct)
    {
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(s_handshakeTimeout);
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "flame-parent",
                    EnabledSslProtocols = SslProtocols.Tls13,
                    RemoteCertificateValidationCallback = (_, certificate, _, _) => LinkCertificate.IsPinned(certificate, pin),
                },
                patience.Token).ConfigureAwait(false);
            return stream;
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or OperationCanceledException)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            ct.ThrowIfCancellationRequested();
            return null;
        }
    }

    private static int Port(string endpoint) =>
        endpoint.Split(':') is [Name, var text] && ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? port
            : throw new IOException($"'{endpoint}' is no endpoint of this carrier: expected {Name}:<port>");
}
