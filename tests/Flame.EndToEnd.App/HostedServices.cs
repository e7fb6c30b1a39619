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

/// <summary>As AddSystemd or UseConsoleLifetime register one, after AddFlame.</summary>
internal sealed class OwnLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
