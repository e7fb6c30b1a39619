using Microsoft.Extensions.Hosting;

namespace Flame.Executor;

/// <summary>
/// The first thing that a host waits for at its start, before any hosted service: in an executor it serves calls
/// here and ends the process, so that nothing of the application's own life begins. It is a hosted service too, the
/// first one, for the case that the application brings a lifetime of its own.
/// </summary>
internal sealed class ExecutorLifetime(FlameParent parent, FlameBuilder flame, OwnPools? pools, IServiceProvider services) : IHostLifetime, IHostedLifecycleService
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => RunAsync();

    public Task StartingAsync(CancellationToken cancellationToken) => RunAsync();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task RunAsync() =>
        await ExecutorRole.RunProcessAsync(
            parent, ExecutorSetup.Of(flame, () => services, pools)).ConfigureAwait(false);
}
