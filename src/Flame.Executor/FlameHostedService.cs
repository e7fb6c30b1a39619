using Microsoft.Extensions.Hosting;

namespace Flame.Executor;

/// <summary>
/// Ties the pools to the host: their minimum is up before the application starts, and they are drained before any of
/// its services stops, so that running calls keep what they use.
/// </summary>
internal sealed class FlameHostedService(FlamePools pools, IServiceProvider services) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        HostTime.Add(pools.DrainLimit, services);
        return pools.StartAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Each pool is bounded by its own ShutdownTimeout; the host's token would cut the drain short.
    public async Task StoppingAsync(CancellationToken cancellationToken) => await pools.DisposeAsync().ConfigureAwait(false);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
