using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Flame.Grpc;

/// <summary>Dials the parent from an executor. What gRPC needs is loaded only where the parent, or what is in between, speaks nothing else.</summary>
internal static class LinkDialer
{
    /// <summary>How long one try may take until there is a connection, over whatever way.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Dials once. Whatever is wrong becomes an <see cref="IOException"/> that names the endpoint and never a secret.</summary>
    public static async Task<Stream> ConnectAsync(string endpoint, string? certificatePin, bool allowPlainText, bool isGrpcOnly, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var address = Parse(endpoint, allowPlainText);
        if (address.Scheme == Uri.UriSchemeHttp) return await GrpcDialer.ConnectAsync(endpoint, address, null, ct).ConfigureAwait(false);
        var pin = LinkCertificate.Parse(certificatePin)
            ?? throw new IOException($"{endpoint} was not dialled: without the SHA-256 pin of the parent's certificate nobody could tell who answers.");
        var stream = isGrpcOnly ? null : await ConnectAsync(endpoint, address, pin, ct).ConfigureAwait(false);
        return stream ?? await GrpcDialer.ConnectAsync(endpoint, address, pin, ct).ConfigureAwait(false);
    }

    /// <summary>That the one who answers has another certificate.</summary>
    public static IOException IsOther(string endpoint, Exception exception) =>
        new($"The certificate shown at {endpoint} is not the parent's: somebody else answers there, or the parent was restarted.", exception);

    public static IOException Nobody(string endpoint, string why, Exception exception) => new($"Nobody answers at {endpoint}: {why}", exception);

    private static Uri Parse(string endpoint, bool allowPlainText)
    {
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
            throw new IOException($"'{endpoint}' is no endpoint of this carrier: expected https://<host>:<port>");
        if (address.Scheme == Uri.UriSchemeHttp && !allowPlainText)
            throw new IOException($"{endpoint} was not dialled: it is not encrypted, and plain text was not allowed.");
        return address;
    }

    /// <summary>The connection as a stream, or <see langword="null"/> where the one who answers does not speak Flame.</summary>
    private static async Task<Stream?> ConnectAsync(string endpoint, Uri address, byte[] pin, CancellationToken ct)
    {
        var isOther = false;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        SslStream? tls = null;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(ConnectTimeout);
        try
        {
            await socket.ConnectAsync(Target(address), patience.Token).ConfigureAwait(false);
            var bytes = new TlsSocket(socket);
            tls = new SslStream(bytes);
            var options = LinkCertificate.Pinned(address.IdnHost, certificate => LinkCertificate.IsPinned(certificate, pin) || !(isOther = true));
            options.ApplicationProtocols = [TlsStream.Protocol, SslApplicationProtocol.Http2];
            await tls.AuthenticateAsClientAsync(options, patience.Token).ConfigureAwait(false);

            // TLS and sockets still have work to do on this thread, which a caller that blocks it would hold up.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            if (tls.NegotiatedApplicationProtocol == TlsStream.Protocol) return new TlsStream(tls, bytes, endpoint, TimeProvider.System, waitsForReader: true);
            await tls.DisposeAsync().ConfigureAwait(false);
            return null;
        }
        catch (Exception exception)
        {
            if (tls is not null) await tls.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
            ct.ThrowIfCancellationRequested();
            if (isOther) throw IsOther(endpoint, exception);
            throw Nobody(endpoint, exception is OperationCanceledException ? $"no connection within {ConnectTimeout.TotalSeconds:0} s" : exception.GetBaseException().Message, exception);
        }
    }

    private static EndPoint Target(Uri address) =>
        IPAddress.TryParse(address.IdnHost, out var ip) ? new IPEndPoint(ip, address.Port) : new DnsEndPoint(address.IdnHost, address.Port);
}
