using System.Net;
using System.Security.Authentication;
using Flame.Grpc;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
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

    public static readonly Method<Request, Response> Unary = new(MethodType.Unary, "bench.Echo", "Call", Marshaller<Request>(), Marshaller<Response>());

    public static readonly Method<byte[], byte[]> UnaryBytes = new(MethodType.Unary, "bench.Echo", "Bytes", Bytes(), Bytes());

    public static readonly Method<Request, Response> Streaming = new(MethodType.ServerStreaming, "bench.Echo", "Items", Marshaller<Request>(), Marshaller<Response>());

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
            kestrel.Limits.MaxRequestBodySize = null;
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
