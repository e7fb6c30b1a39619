using System.Net.Security;
using System.Security.Authentication;
using Grpc.Core;
using Grpc.Net.Client;

namespace Flame.Grpc;

/// <summary>Calls the parent from an executor.</summary>
internal static class GrpcDialer
{
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Dials once. Whatever is wrong becomes an <see cref="IOException"/> that names the endpoint and never a secret.</summary>
    public static async Task<GrpcClientStream> ConnectAsync(string endpoint, string? certificatePin, bool allowPlainText, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var address = Parse(endpoint, allowPlainText);
        var isOther = false;
        var handler = CreateHandler();
        if (address.Scheme == Uri.UriSchemeHttps)
        {
            var pin = LinkCertificate.Parse(certificatePin)
                ?? throw new IOException($"{endpoint} was not dialled: without the SHA-256 pin of the parent's certificate nobody could tell who answers.");
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13,

                // The pin decides alone. No authority vouches for an ephemeral certificate, and an executor may dial
                // an address that is not in it.
                RemoteCertificateValidationCallback = (_, certificate, _, _) => LinkCertificate.IsPinned(certificate, pin) || !(isOther = true),
            };
        }

        var channel = CreateChannel(address, handler);
        var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(LinkMessage.Method, null, default);
        try
        {
            // Not a token of the call: this one ends the try, not the link.
            await using var cancel = ct.UnsafeRegister(static call => ((IDisposable)call!).Dispose(), call);
            await call.ResponseHeadersAsync.ConfigureAwait(false);

            // Headers may come before the request's own body is open, and until then gRPC keeps a message instead of
            // its bytes, while our caller reuses its buffer. Behind this empty one, writes take their bytes at once.
            await call.RequestStream.WriteAsync(new LinkMessage(), CancellationToken.None).ConfigureAwait(false);

            // gRPC completes both awaits in the middle of its own work, and announces the headers before it lets messages be
            // read: a caller that blocked this thread until the first one came could wait for ever. (ForceYielding on the
            // write's own await promises nothing: it counts only where the write is over already.)
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            return new GrpcClientStream(channel, call, endpoint);
        }
        catch (Exception exception)
        {
            call.Dispose();
            channel.Dispose();
            ct.ThrowIfCancellationRequested();
            throw new IOException(isOther
                ? $"The certificate shown at {endpoint} is not the parent's: somebody else answers there, or the parent was restarted."
                : $"Nobody answers at {endpoint}: {Words(exception)}", exception);
        }
    }

    private static Uri Parse(string endpoint, bool allowPlainText)
    {
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
            throw new IOException($"'{endpoint}' is no endpoint of this carrier: expected https://<host>:<port>");
        if (address.Scheme == Uri.UriSchemeHttp && !allowPlainText)
            throw new IOException($"{endpoint} was not dialled: it is not encrypted, and plain text was not allowed.");
        return address;
    }

    private static SocketsHttpHandler CreateHandler() => new()
    {
        // A proxy or a redirect would only be somebody in between.
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = s_connectTimeout,
        InitialHttp2StreamWindowSize = LinkServer.WindowSize,

        // No HTTP/2 pings: the link above has its heartbeat.
        KeepAlivePingDelay = Timeout.InfiniteTimeSpan,
    };

    private static GrpcChannel CreateChannel(Uri address, SocketsHttpHandler handler) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        HttpHandler = handler,
        DisposeHttpClient = true,
        MaxReceiveMessageSize = LinkMessage.MaxSize,
        MaxSendMessageSize = null,
        CompressionProviders = [],
        MaxRetryAttempts = null,
    });

    // The innermost says what happened ("Connection refused"); those around it say that something did.
    private static string Words(Exception exception) => (exception is RpcException { Status.DebugException: { } cause } ? cause : exception).GetBaseException() switch
    {
        RpcException rpc => rpc.Status.Detail,
        var inner => inner.Message,
    };
}
