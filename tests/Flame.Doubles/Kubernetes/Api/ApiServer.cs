using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Flame.Doubles.Kubernetes;

/// <summary>The listening side: one plain and one encrypted port of loopback, which stay the same when it is stopped and started again.</summary>
internal sealed class ApiServer(X509Certificate2 certificate, RequestDelegate handle) : IAsyncDisposable
{
    private WebApplication? _app;

    public int HttpPort { get; private set; }

    public int HttpsPort { get; private set; }

    /// <summary>Ends when the server goes down.</summary>
    public CancellationToken Stopping { get; private set; }

    public async Task StartAsync()
    {
        if (_app is not null) return;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, HttpPort);
            kestrel.Listen(IPAddress.Loopback, HttpsPort, listen => listen.UseHttps(certificate));
        });
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(handle);
        await app.StartAsync().ConfigureAwait(false);
        var ports = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a)).ToArray();
        HttpPort = ports.Single(p => p.Scheme == Uri.UriSchemeHttp).Port;
        HttpsPort = ports.Single(p => p.Scheme == Uri.UriSchemeHttps).Port;
        Stopping = app.Lifetime.ApplicationStopping;
        _app = app;
    }

    /// <summary>Nothing is answered to the end: open connections are cut.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _app, null) is not { } app) return;
        await app.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    // The process's signals belong to the tests.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
