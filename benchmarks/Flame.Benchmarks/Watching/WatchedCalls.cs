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

    private readonly FlamePools _unseen;
    private readonly FlamePools _watched;
    private readonly WebApplication _app;
    private int _rounds;

    private WatchedCalls(FlamePools unseen, FlamePools watched, WebApplication app) => (_unseen, _watched, _app) = (unseen, watched, app);

    public static async Task<IRounds> StartAsync()
    {
        var (unseen, watched) = (await FlamePoolsOf.OfSizeAsync(Executors), await FlamePoolsOf.OfSizeAsync(Executors));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore().AddSingleton(watched);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapFlameDashboard();
        await app.StartAsync();
        return new WatchedCalls(unseen, watched, app);
    }

    public async Task RoundAsync(Report? report, TimeSpan time)
    {
        Func<Task>[] looks = [() => MeasureAsync(report, Unseen, _unseen, time), () => MeasureAsync(report, "watched, no page open", _watched, time), () => MeasureWithPageAsync(report, time)];

        // Whoever comes first after a pause is never the same.
        for (var i = 0; i < looks.Length; i++) await looks[(_rounds + i) % looks.Length]();
        _rounds++;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _unseen.DisposeAsync();
        await _watched.DisposeAsync();
    }

    private async Task MeasureWithPageAsync(Report? report, TimeSpan time)
    {
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        using var page = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [PageReader.Switch, $"{address}/flame/live"]) { RedirectStandardOutput = true })!;
        await page.StandardOutput.ReadLineAsync();
        await MeasureAsync(report, "one page open", _watched, time);
        page.Kill();
        await page.WaitForExitAsync();
    }

    private static async Task MeasureAsync(Report? report, string name, FlamePools pools, TimeSpan time)
    {
        using var here = pools.Use();
        var (began, spent) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await CallAsync(time * 10);
        report?.Add($"parent's processor at {Executors} executors and 1,000 calls per second", "per cent of a core", name, Unseen, (Environment.CpuUsage.TotalTime - spent) / Stopwatch.GetElapsedTime(began) * 100);
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
