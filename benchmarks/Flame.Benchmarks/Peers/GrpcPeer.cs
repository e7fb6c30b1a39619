using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Flame.Grpc;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Grpc.Net.Client;
using MemoryPack;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flame.Benchmarks;

/// <summary>
/// What the field would use otherwise: gRPC unary between Grpc.Net.Client and Grpc.AspNetCore. With MemoryPack for the
/// messages, so that the serializer is the same for all and only what is around it differs.
/// </summary>
internal sealed class GrpcPeer
{
    public const string Name = "gRPC unary";

    private static readonly Method<Request, Response> Unary = new(MethodType.Unary, "bench.Echo", "Call", Marshaller<Request>(), Marshaller<Response>());

    private static readonly Method<byte[], byte[]> UnaryBytes = new(MethodType.Unary, "bench.Echo", "Bytes", Bytes(), Bytes());

    private static readonly Method<Request, Response> Streaming = new(MethodType.ServerStreaming, "bench.Echo", "Items", Marshaller<Request>(), Marshaller<Response>());

    private GrpcPeer()
    {
    }

    /// <summary>Serves on a Unix socket and, encrypted, on a port of loopback until standard input ends; prints port and pin first.</summary>
    public static async Task ServeAsync(string socketPath)
    {
        using var certificate = LinkCertificate.Create(["127.0.0.1"], TimeProvider.System);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(socketPath, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificate = certificate, SslProtocols = SslProtocols.Tls13 });
            });
        });
        builder.Services.AddGrpc(grpc => (grpc.MaxReceiveMessageSize, grpc.MaxSendMessageSize) = (null, null));
        builder.Services.AddSingleton<GrpcPeer>(_ => new GrpcPeer());
        builder.Services.AddSingleton<IServiceMethodProvider<GrpcPeer>, Methods>();
        await using var app = builder.Build();
        app.MapGrpcService<GrpcPeer>();
        await app.StartAsync();
        Console.WriteLine(new Uri(app.Urls.First(url => url.StartsWith("https", StringComparison.Ordinal))).Port);
        Console.WriteLine(LinkCertificate.Pin(certificate));
        while (await Console.In.ReadLineAsync() is not null)
        {
        }
    }

    public static (GrpcChannel Channel, Func<Request, Task<Response>> Call) ConnectSocket(string path) => Small(OfSocket(path));

    public static (GrpcChannel Channel, Func<Request, Task<Response>> Call) ConnectTls(int port, string certificatePin) => Small(OfTls(port, certificatePin));

    public static (GrpcChannel Channel, Func<byte[], Task<byte[]>> Call) ConnectBulk(string path) => Large(OfSocket(path));

    public static (GrpcChannel Channel, Func<byte[], Task<byte[]>> Call) ConnectBulk(int port, string certificatePin) => Large(OfTls(port, certificatePin));

    public static (GrpcChannel Channel, Func<int, IAsyncEnumerable<Response>> Items, Func<Request, Task<Response>> Call) ConnectItems(string path) => Many(OfSocket(path));

    public static (GrpcChannel Channel, Func<int, IAsyncEnumerable<Response>> Items, Func<Request, Task<Response>> Call) ConnectItems(int port, string certificatePin) => Many(OfTls(port, certificatePin));

    private static (GrpcChannel Channel, Func<int, IAsyncEnumerable<Response>> Items, Func<Request, Task<Response>> Call) Many(GrpcChannel channel)
    {
        var invoker = channel.CreateCallInvoker();
        return (channel, ItemsAsync, Small(channel).Call);

        async IAsyncEnumerable<Response> ItemsAsync(int count)
        {
            using var call = invoker.AsyncServerStreamingCall(Streaming, null, default, new Request(count, 0, ""));
            while (await call.ResponseStream.MoveNext(CancellationToken.None)) yield return call.ResponseStream.Current;
        }
    }

    private static GrpcChannel OfSocket(string path) =>
        ChannelTo("http://localhost", new SocketsHttpHandler
        {
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });

    internal static GrpcChannel OfTls(int port, string certificatePin)
    {
        var pin = LinkCertificate.Parse(certificatePin)!;
        return ChannelTo($"https://127.0.0.1:{port}", new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => LinkCertificate.IsPinned(certificate, pin),
            },
        });
    }

    private static GrpcChannel ChannelTo(string address, SocketsHttpHandler handler)
    {
        // Without more connections, 100 calls in flight is all that one allows.
        handler.EnableMultipleHttp2Connections = true;
        return GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true, MaxReceiveMessageSize = null, MaxSendMessageSize = null });
    }

    private static (GrpcChannel Channel, Func<Request, Task<Response>> Call) Small(GrpcChannel channel)
    {
        var invoker = channel.CreateCallInvoker();
        return (channel, request => invoker.AsyncUnaryCall(Unary, null, default, request).ResponseAsync);
    }

    private static (GrpcChannel Channel, Func<byte[], Task<byte[]>> Call) Large(GrpcChannel channel)
    {
        var invoker = channel.CreateCallInvoker();
        return (channel, bytes => invoker.AsyncUnaryCall(UnaryBytes, null, default, bytes).ResponseAsync);
    }

    private static Marshaller<byte[]> Bytes() => new(static (bytes, context) => context.Complete(bytes), static context => context.PayloadAsNewBuffer());

    private static Marshaller<T> Marshaller<T>() => new(
        static (value, context) =>
        {
            MemoryPackSerializer.Serialize(context.GetBufferWriter(), value);
            context.Complete();
        },
        static context => MemoryPackSerializer.Deserialize<T>(context.PayloadAsReadOnlySequence())!);

    private sealed class Methods : IServiceMethodProvider<GrpcPeer>
    {
        public void OnServiceMethodDiscovery(ServiceMethodProviderContext<GrpcPeer> context)
        {
            context.AddUnaryMethod(Unary, [], static (_, request, _) => Task.FromResult(Echo.Answer(request)));
            context.AddServerStreamingMethod(Streaming, [], static async (_, request, writer, _) =>
            {
                await foreach (var item in ItemWork.ItemsAsync(request.A)) await writer.WriteAsync(item);
            });
            context.AddDuplexStreamingMethod(PackedPeer.Packs, [], static (_, requests, responses, _) => PackedPeer.ServeAsync(requests, responses));
            context.AddUnaryMethod(UnaryBytes, [], static (_, bytes, _) => Task.FromResult(bytes));
        }
    }
}
