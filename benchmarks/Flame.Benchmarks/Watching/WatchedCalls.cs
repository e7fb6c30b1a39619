using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flame.Benchmarks.Watching;

/// <summary>What it takes of the parent's processor to be looked at: 64 executors that get 1,000 calls a second, unseen, watched, and with a page open.</summary>
internal sealed class WatchedCalls : IRounds
{
    private const int Executors = 64;
    private const int EveryTenMilliseconds = 10;
    private const string Unseen = "nobody looks";

    private readonly (string Name, FlamePools Pools)[] _sets;
    private readonly WebApplication _app;
    private readonly Process _page;

    private WatchedCalls((string, FlamePools)[] sets, WebApplication app, Process page) => (_sets, _app, _page) = (sets, app, page);

    public static async Task<IRounds> StartAsync()
    {
        var (unseen, watched, shown) = (await FlamePoolsOf.OfSizeAsync(Executors), await FlamePoolsOf.OfSizeAsync(Executors), await FlamePoolsOf.OfSizeAsync(Executors));
        watched.Observe();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore().AddSingleton(shown);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapFlameDashboard();
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var page = Process.Start(Environment.ProcessPath!, [PageReader.Switch, $"{address}/flame/live"]);
        return new WatchedCalls([(Unseen, unseen), ("watched, as by the flame tool", watched), ("one page open", shown)], app, page);
    }

    public async Task RoundAsync(Report? report, TimeSpan time)
    {
        foreach (var (name, pools) in _sets)
        {
            using var here = pools.Use();
            var (began, spent) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            await CallAsync(time * 10);
            report?.Add($"parent's processor at {Executors} executors and 1,000 calls per second", "per cent of a core", name, Unseen, (Environment.CpuUsage.TotalTime - spent) / Stopwatch.GetElapsedTime(began) * 100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _page.Kill();
        await _page.WaitForExitAsync();
        await _app.DisposeAsync();
        foreach (var (_, pools) in _sets) await pools.DisposeAsync();
    }

    private static async Task CallAsync(TimeSpan time)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var calls = new List<Task>();
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < time; await pace.WaitForNextTickAsync())
        {
            calls.RemoveAll(static call => call.IsCompletedSuccessfully);
            for (var i = 0; i < EveryTenMilliseconds; i++) calls.Add(Echo.OverSocketAsync(new Request(i, 1, "watched")));
        }

        await Task.WhenAll(calls);
    }
}
