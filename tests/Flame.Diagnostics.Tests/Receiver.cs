using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Exporter;

namespace Flame.Diagnostics.Tests;

/// <summary>A collector: takes OTLP in either of its ways and keeps what it is sent.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, byte[] Request)> _all = new();
    private readonly SemaphoreSlim _more = new(0);
    private readonly WebApplication _app;

    private Receiver(WebApplication app, OtlpExportProtocol protocol) => (_app, Protocol) = (app, protocol);

    public OtlpExportProtocol Protocol { get; }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public IEnumerable<string> Paths => _all.Select(one => one.Path).Distinct();

    public static async Task<Receiver> StartAsync(OtlpExportProtocol protocol)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = protocol == OtlpExportProtocol.Grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var app = builder.Build();
        var receiver = new Receiver(app, protocol);
        app.Run(receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public OtlpSpan[] Spans() => [.. _all.Where(one => one.Path.Contains("trace", StringComparison.Ordinal)).SelectMany(one => OtlpSpan.ReadAll(one.Request))];

    public string[] Metrics() => [.. _all.Where(one => one.Path.Contains("metrics", StringComparison.Ordinal)).SelectMany(one => OtlpSpan.MetricsOf(one.Request)).Distinct()];

    /// <summary>As soon as what came is enough.</summary>
    public async Task UntilAsync(Func<bool> enough)
    {
        while (!enough()) await _more.WaitAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var isGrpc = Protocol == OtlpExportProtocol.Grpc;
        _all.Enqueue((context.Request.Path, isGrpc ? body.ToArray()[5..] : body.ToArray()));
        _more.Release();
        context.Response.ContentType = isGrpc ? "application/grpc" : "application/x-protobuf";
        if (!isGrpc) return;
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
