using Microsoft.Extensions.Hosting;

namespace Flame.EndToEnd.App;

/// <summary>The hosted services that were made and started in this process.</summary>
internal static class Started
{
    public static List<string> Names { get; } = [];
}

/// <summary>What a program does for itself: it must not run in executors.</summary>
internal sealed class OrdinaryService : IHostedService
{
    public OrdinaryService() => Started.Names.Add("ordinary made");

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Started.Names.Add("ordinary");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>What its methods need beside them: it runs in executors too.</summary>
internal sealed class ToolService : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Started.Names.Add("tool");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Console.WriteLine("tool stopped");
        return Task.CompletedTask;
    }
}

/// <summary>Prints each step of its life.</summary>
internal abstract class SteppingService(string name) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => SayAsync("starting");

    public Task StartAsync(CancellationToken cancellationToken) => SayAsync("start");

    public Task StartedAsync(CancellationToken cancellationToken) => SayAsync("started");

    public Task StoppingAsync(CancellationToken cancellationToken) => SayAsync("stopping");

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _ = SayAsync("stop");
        return Setup.Has("stop-throws") ? throw new InvalidOperationException($"{name} cannot stop") : Task.CompletedTask;
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => SayAsync("stopped");

    private Task SayAsync(string step)
    {
        Console.WriteLine($"{name} {step}");
        return Task.CompletedTask;
    }
}

internal sealed class FirstService() : SteppingService("first");

internal sealed class SecondService() : SteppingService("second");

/// <summary>As AddSystemd or UseConsoleLifetime register one, after AddFlame.</summary>
internal sealed class OwnLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
