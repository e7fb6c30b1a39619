using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flame.Dashboard.Tests;

/// <summary>A web application with pools of real processes and a dashboard.</summary>
internal sealed class WatchedApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WatchedApp(WebApplication app) => _app = app;

    public static CancellationToken Patience => TestContext.Current.CancellationToken;

    public FlamePools Pools => _app.Services.GetRequiredService<FlamePools>();

    public Uri Address => new(new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), "/flame/");

    public static async Task<WatchedApp> StartAsync(
        Action<FlameDashboardOptions>? dashboard = null, Action<FlamePoolOptions>? pool = null, int port = 0, Action<WebApplicationBuilder>? services = null, Func<WebApplication, Action<IEndpointConventionBuilder>>? configure = null)
    {
        var builder = Builder(pool);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        services?.Invoke(builder);
        var app = builder.Build();
        var more = configure?.Invoke(app);
        var mapped = app.MapFlameDashboard(configure: dashboard);
        more?.Invoke(mapped);
        await app.StartAsync(Patience);
        return new WatchedApp(app);
    }

    public static async Task RunExecutorAsync()
    {
        await using var app = Builder(null).Build();
        await app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static WebApplicationBuilder Builder(Action<FlamePoolOptions>? pool)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.AddFlame(flame => flame.AddPool("gpu", options =>
        {
            options.Max = 4;
            pool?.Invoke(options);
        }));
        return builder;
    }
}
