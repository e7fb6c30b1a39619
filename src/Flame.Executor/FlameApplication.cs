using Flame.Executor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flame;

/// <summary>Flame for a program without a host: the first line of <c>Main</c>.</summary>
public static class FlameApplication
{
    /// <summary>
    /// Starts the pools of this process. In an executor it does not return: the process serves calls and ends.
    /// </summary>
    /// <param name="configure">Declares pools; <see langword="null"/>: every pool that a method names, on local processes.</param>
    /// <param name="services">Registers what marked methods use; run in an executor when the first of them asks.</param>
    /// <param name="loggers">Where the pools log. Default: nowhere.</param>
    /// <param name="ct">Gives up waiting for the pools' minimum.</param>
    /// <returns>The pools; dispose them to drain.</returns>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">Options are wrong: all problems at once.</exception>
    /// <exception cref="BootFailedException">A pool's minimum could not be booted.</exception>
    public static async Task<FlamePools> StartAsync(
        Action<FlameBuilder>? configure = null, Action<IServiceCollection>? services = null, ILoggerFactory? loggers = null, CancellationToken ct = default)
    {
        var flame = new FlameBuilder();
        configure?.Invoke(flame);
        if (ParentOfThisProcess.Read() is { } parent)
        {
            var container = new Lazy<IServiceProvider>(() => Container(services));
            await ExecutorRole.RunProcessAsync(
                parent, new ExecutorSetup(() => container.Value, flame.Carriers, flame.ExecutorServices, flame.Time)).ConfigureAwait(false);
        }

        var pools = new FlamePools(flame, loggers ?? NullLoggerFactory.Instance);
        try
        {
            await pools.StartAsync(ct).ConfigureAwait(false);
            return pools;
        }
        catch
        {
            await pools.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static ServiceProvider Container(Action<IServiceCollection>? services)
    {
        var collection = new ServiceCollection();
        collection.AddLogging(logging => logging.AddProvider(new LinkLoggerProvider()));
        collection.AddSingleton(_ => FlamePools.OfExecutor);
        services?.Invoke(collection);
        return collection.BuildServiceProvider();
    }
}
