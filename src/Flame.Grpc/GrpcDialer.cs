using Grpc.Core;
using Grpc.Net.Client;

namespace Flame.Grpc;

/// <summary>Calls the parent from an executor, over gRPC.</summary>
internal static class GrpcDialer
{
    /// <summary>Dials once. Without a pin it is plain text.</summary>
    public static async Task<Stream> ConnectAsync(string endpoint, Uri address, byte[]? pin, CancellationToken ct)
    {
        var isOther = false;
        var handler = CreateHandler();
        if (pin is not null) handler.SslOptions = LinkCertificate.Pinned(null, certificate => LinkCertificate.IsPinned(certificate, pin) || !(isOther = true));

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
            throw isOther ? LinkDialer.IsOther(endpoint, exception) : LinkDialer.Nobody(endpoint, Words(exception), exception);
        }
    }

    private static SocketsHttpHandler CreateHandler() => new()
    {
        // A proxy or a redirect would only be somebody in between.
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = LinkDialer.ConnectTimeout,
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
