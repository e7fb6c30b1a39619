using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Flame.Grpc;
using Grpc.Core;
using Grpc.Net.Client;

namespace Flame.Benchmarks;

/// <summary>Calls the methods of <see cref="GrpcPeer"/>.</summary>
internal sealed class GrpcClient : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly CallInvoker _invoker;

    private GrpcClient(string address, SocketsHttpHandler handler)
    {
        // Without more connections, 100 calls in flight is all that one allows.
        handler.EnableMultipleHttp2Connections = true;
        _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true, MaxReceiveMessageSize = null, MaxSendMessageSize = null });
        _invoker = _channel.CreateCallInvoker();
    }

    public static GrpcClient OverSocket(string path) => new("http://localhost", new SocketsHttpHandler
    {
        ConnectCallback = async (_, ct) => new NetworkStream(await UnixSocket.ConnectAsync(path, ct), ownsSocket: true),
    });

    public static GrpcClient OverTls(int port, string certificatePin)
    {
        var pin = LinkCertificate.Parse(certificatePin)!;
        return new($"https://127.0.0.1:{port}", new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => LinkCertificate.IsPinned(certificate, pin),
            },
        });
    }

    public Task<Response> CallAsync(Request request) => _invoker.AsyncUnaryCall(GrpcPeer.Unary, null, default, request).ResponseAsync;

    public Task<byte[]> EchoAsync(byte[] bytes) => _invoker.AsyncUnaryCall(GrpcPeer.UnaryBytes, null, default, bytes).ResponseAsync;

    public async IAsyncEnumerable<Response> ItemsAsync(int count)
    {
        using var call = _invoker.AsyncServerStreamingCall(GrpcPeer.Streaming, null, default, new Request(count, 0, ""));
        while (await call.ResponseStream.MoveNext(CancellationToken.None)) yield return call.ResponseStream.Current;
    }

    public PackedPeer Pack() => new(_invoker.AsyncDuplexStreamingCall(PackedPeer.Packs, null, default));

    public void Dispose() => _channel.Dispose();
}
