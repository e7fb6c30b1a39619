using Flame;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Stills;
using Thumbnails;

// Stills: ffmpeg takes pictures out of videos, and a model that stays loaded in each executor says what is on them.
var options = Options.Parse(args, out var exitCode);
if (options is null) return exitCode;

var builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders().AddSimpleConsole(line => line.SingleLine = true).SetMinimumLevel(LogLevel.Warning).AddFilter("Flame.Executor", LogLevel.Information);
builder.AddFlame(flame => flame.AddPool("vision", pool =>
{
    pool.Max = options.Executors;
    pool.IdleShutdownAfter = TimeSpan.FromSeconds(5);
    pool.OnGrowEnd = Report.Boot;
}));
builder.Services.AddSingleton(options.Model);
builder.Services.AddSingleton<Classifier>();   // the parent never asks for it, so only executors load the model
builder.Services.AddFlameProxy<IViewer, Viewer>(ServiceLifetime.Singleton);

using var host = builder.Build();
await host.StartAsync();   // an executor goes no further
try
{
    if (!await Ffmpeg.IsInstalledAsync()) return Report.Error(Ffmpeg.HowToInstall);
    var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
    return await new Bucket(host.Services.GetRequiredService<IViewer>(), options).DrainAsync(stopping);
}
catch (OperationCanceledException)
{
    Report.Error("Cancelled.");
    return 130;
}
catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
{
    return Report.Error(e.Message);
}
finally
{
    await host.StopAsync();   // the pool is drained: no executor is left
}
