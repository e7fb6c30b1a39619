using Microsoft.Extensions.Hosting;

namespace Flame.Executor;

/// <summary>
/// The hosted services that run in an executor: each step of the start is taken by all of them before the next one
/// begins, and those of the stop backwards, as a generic host does it.
/// </summary>
internal sealed class HostedServices
{
    private readonly List<IHostedService> _started = [];

    /// <summary>The first that fails ends the start.</summary>
    public async Task StartAsync(IReadOnlyList<Func<IServiceProvider, object>> makers, Func<IServiceProvider> container, CancellationToken ct)
    {
        if (makers.Count == 0) return;
        var provider = container();
        IHostedService[] services = [.. makers.Select(make => make(provider) as IHostedService
            ?? throw new InvalidOperationException("what RunInExecutors<T>() names must implement IHostedService"))];
        foreach (var service in services.OfType<IHostedLifecycleService>()) await service.StartingAsync(ct).ConfigureAwait(false);
        foreach (var service in services)
        {
            await service.StartAsync(ct).ConfigureAwait(false);
            _started.Add(service);
        }

        foreach (var service in services.OfType<IHostedLifecycleService>()) await service.StartedAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Stops those that have started. One that fails does not keep the others from their stop.</summary>
    public async Task StopAsync(Func<Exception, Task> failed, CancellationToken ct)
    {
        IHostedService[] services = [.. Enumerable.Reverse(_started)];
        foreach (var service in services.OfType<IHostedLifecycleService>()) await StepAsync(service.StoppingAsync).ConfigureAwait(false);
        foreach (var service in services) await StepAsync(service.StopAsync).ConfigureAwait(false);
        foreach (var service in services.OfType<IHostedLifecycleService>()) await StepAsync(service.StoppedAsync).ConfigureAwait(false);

        async Task StepAsync(Func<CancellationToken, Task> step)
        {
            try
            {
                await step(ct).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                await failed(e).ConfigureAwait(false);
            }
        }
    }
}
