using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Flame.Grpc;

/// <summary>
/// A Kestrel that serves one gRPC method and nothing else. It is apart from the application's own server: other
/// certificates, other limits, and it reads no configuration, logs nothing and watches no files.
/// </summary>
internal static class LinkServer
{
    /// <summary>What may be under way unread. HTTP/2's 64 KiB would hold every large payload up for one round trip after another.</summary>
    public const int WindowSize = 4 * 1024 * 1024;

    /// <summary>An executor has one call per connection; the rest is room for one that redials while the old call lingers.</summary>
    private const int CallsPerConnection = 4;

    public static WebApplication Create(GrpcLinkOptions options, X509Certificate2? certificate, LinkCalls calls, OpenConnections connections)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options, certificate, connections));
        var services = builder.Services;

        // The usual lifetime takes over SIGTERM and Ctrl+C of the whole process, which belong to the application.
        services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());

        // The socket is held here, so that it can be closed while Kestrel goes on to serve the links.
        services.Configure<SocketTransportOptions>(transport =>
            transport.CreateBoundListenSocket = endpoint => connections.Door = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint));
        services.AddRoutingCore();
        services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = LinkMessage.MaxSize);

        // No message is compressed. One that says it is would be inflated in front of everything that knows who sent it, and
        // its limit is looked at behind that. After gRPC's own set-up, which adds gzip and deflate where there is nothing.
        services.PostConfigure<GrpcServiceOptions>(grpc => grpc.CompressionProviders.Clear());
        services.AddSingleton(calls);
        services.AddSingleton<IServiceMethodProvider<LinkCalls>, LinkMethods>();

        var app = builder.Build();
        app.MapGrpcService<LinkCalls>();
        return app;
    }

    private static void Configure(KestrelServerOptions kestrel, GrpcLinkOptions options, X509Certificate2? certificate, OpenConnections connections)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;

        // A link is one endless request that may be silent for hours.
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;

        // Counts only while there is no call: what an executor that hangs leaves open.
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(10);
        limits.Http2.InitialConnectionWindowSize = WindowSize;
        limits.Http2.InitialStreamWindowSize = WindowSize;
        limits.Http2.MaxStreamsPerConnection = CallsPerConnection;

        // No HTTP/2 pings: the link above has its heartbeat.
        limits.Http2.KeepAlivePingDelay = TimeSpan.MaxValue;
        kestrel.Listen(new IPEndPoint(options.Address, options.Port), listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(connections.Count);
            if (certificate is null) return;
            listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificate = certificate, SslProtocols = SslProtocols.Tls13 });
        });
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
