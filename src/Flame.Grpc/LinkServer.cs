using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Flame.Links;
using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Flame.Grpc;

/// <summary>
/// A Kestrel that serves one gRPC method and nothing else, on the connections that it is handed. It starts with the first of
/// them: where all executors speak Flame, it is never needed. It is apart from the application's own server: other
/// limits, and it reads no configuration, logs nothing and watches no files.
/// </summary>
internal sealed class LinkServer(LinkCalls calls) : IAsyncDisposable
{
    /// <summary>What may be under way unread. HTTP/2's 64 KiB would hold every large payload up for one round trip after another.</summary>
    public const int WindowSize = 4 * 1024 * 1024;

    /// <summary>An executor has one call per connection; the rest is room for one that redials while the old call lingers.</summary>
    private const int CallsPerConnection = 4;

    private readonly Lock _starting = new();
    private Handed? _handed;
    private Task<WebApplication>? _app;

    /// <summary>Completes when it serves.</summary>
    public Task StartAsync()
    {
        lock (_starting) return _app ??= Task.Run(() => StartAsync(calls, _handed = new Handed()));
    }

    /// <summary>Ends with the connection.</summary>
    public async Task ServeAsync(Stream stream, Socket socket, Newcomers.Newcomer newcomer)
    {
        await StartAsync().ConfigureAwait(false);
        var connection = new HandedConnection(stream, socket, newcomer);
        if (_handed!.TryAdd(connection)) await connection.Gone.ConfigureAwait(false);
    }

    /// <summary>Only behind the last connection: to stop Kestrel closes those under links whose end has not been read yet.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_app is null) return;
        await ((Task)_app).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_app.IsCompletedSuccessfully) return;
        var app = await _app.ConfigureAwait(false);
        await app.StopAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<WebApplication> StartAsync(LinkCalls calls, Handed handed)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Configure);
        var services = builder.Services;
        services.Replace(ServiceDescriptor.Singleton<IConnectionListenerFactory>(handed));

        // The usual lifetime takes over SIGTERM and Ctrl+C of the whole process, which belong to the application.
        services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        services.AddRoutingCore();
        services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = LinkMessage.MaxSize);

        // No message is compressed. One that says it is would be inflated in front of everything that knows who sent it, and
        // its limit is looked at behind that. After gRPC's own set-up, which adds gzip and deflate where there is nothing.
        services.PostConfigure<GrpcServiceOptions>(grpc => grpc.CompressionProviders.Clear());
        services.AddSingleton(calls);
        services.AddSingleton<IServiceMethodProvider<LinkCalls>, LinkMethods>();

        var app = builder.Build();
        app.MapGrpcService<LinkCalls>();
        try
        {
            await app.StartAsync().ConfigureAwait(false);
            return app;
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;

        // It sees what came out of TLS, and need not know that there was any.
        kestrel.AllowAlternateSchemes = true;
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

        // Of the address nothing is opened.
        kestrel.Listen(new IPEndPoint(IPAddress.Loopback, 0), listen => listen.Protocols = HttpProtocols.Http2);
    }

    /// <summary>Kestrel's transport: what it accepts has been accepted already.</summary>
    private sealed class Handed : IConnectionListenerFactory, IConnectionListener
    {
        private readonly Channel<ConnectionContext> _connections = Channel.CreateUnbounded<ConnectionContext>();

        public EndPoint EndPoint { get; private set; } = null!;

        public bool TryAdd(ConnectionContext connection) => _connections.Writer.TryWrite(connection);

        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
        {
            EndPoint = endpoint;
            return new ValueTask<IConnectionListener>(this);
        }

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await _connections.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) && _connections.Reader.TryRead(out var connection) ? connection : null;

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _connections.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
