using Microsoft.Extensions.Hosting;

namespace Flame.Executor;

/// <summary>
/// The first thing that a host waits for at its start, before any hosted service: in an executor it serves calls
/// here and ends the process, so that nothing of the application's own life begins.
/// </summary>
internal sealed class ExecutorLifetime(FlameParent parent, FlameBuilder flame, IServiceProvider services) : IHostLifetime
{
    public async Task WaitForStartAsync(CancellationToken cancellationToken) =>
        await ExecutorRole.RunProcessAsync(
            parent, new ExecutorSetup(() => services, flame.Carriers, flame.ExecutorServices, flame.Time)).ConfigureAwait(false);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
