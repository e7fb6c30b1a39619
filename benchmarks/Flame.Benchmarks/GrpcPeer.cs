using System.Net;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Grpc.Net.Client;
using MemoryPack;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flame.Benchmarks;

/// <summary>
/// What the field would use otherwise: gRPC unary between Grpc.Net.Client and Grpc.AspNetCore. With MemoryPack for the
/// messages, so that the serializer is the same for all and only what is around it differs.
/// </summary>
internal sealed class GrpcPeer
{
    private static readonly Method<Request, Response> Unary = new(MethodType.Unary, "bench.Echo", "Call", Marshaller<Request>(), Marshaller<Response>());

    private GrpcPeer()
    {
    }

    /// <summary>Serves until standard input ends; prints its port first.</summary>
    public static async Task ServeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<GrpcPeer>(_ => new GrpcPeer());
        builder.Services.AddSingleton<IServiceMethodProvider<GrpcPeer>, Methods>();
        await using var app = builder.Build();
        app.MapGrpcService<GrpcPeer>();
        await app.StartAsync();
        Console.WriteLine(new Uri(app.Urls.First()).Port);
        while (await Console.In.ReadLineAsync() is not null)
        {
        }
    }

    public static (GrpcChannel Channel, Func<Request, Task<Response>> Call) Connect(int port)
    {
        var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}", new GrpcChannelOptions
        {
            // Without more connections, 100 calls in flight is all that one allows.
            HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true },
            DisposeHttpClient = true,
        });
        var invoker = channel.CreateCallInvoker();
        return (channel, async request => await invoker.AsyncUnaryCall(Unary, null, default, request));
    }

    private static Marshaller<T> Marshaller<T>() => new(
        static (value, context) =>
        {
            MemoryPackSerializer.Serialize(context.GetBufferWriter(), value);
            context.Complete();
        },
        static context => MemoryPackSerializer.Deserialize<T>(context.PayloadAsReadOnlySequence())!);

    private sealed class Methods : IServiceMethodProvider<GrpcPeer>
    {
        public void OnServiceMethodDiscovery(ServiceMethodProviderContext<GrpcPeer> context) => context.AddUnaryMethod(
            Unary, [], static (_, request, _) => Task.FromResult(Echo.Answer(request)));
    }
}
