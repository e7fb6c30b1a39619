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
    /// <remarks>
    /// Until the pools are disposed, SIGTERM drains them as <see cref="FlamePools.DisposeAsync"/> does, and when no executor
    /// is left the process ends with exit code 143: a disposal that waits for that does not return. A second SIGTERM ends
    /// the process at once. It stays the program's own where a <c>PosixSignalRegistration</c> that was made after this
    /// call cancels it, as a host's does. Ctrl-C (SIGINT) is not touched: it ends the program at once, as it ends any
    /// that is run by hand, and its executors go with it; to drain then too, handle <c>Console.CancelKeyPress</c>.
    /// </remarks>
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
                parent, ExecutorSetup.Of(flame, () => container.Value, OwnPools.OfThisProcess(flame, parent))).ConfigureAwait(false);
        }

        var pools = new FlamePools(flame, loggers ?? NullLoggerFactory.Instance);
        TermSignal.Drains(pools);
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
        collection.AddLogging(logging => logging.AddProvider(new LinkLoggerProvider(LinkLog.OfThisProcess)));
        collection.AddSingleton(_ => FlamePools.OfExecutor);
        services?.Invoke(collection);
        return collection.BuildServiceProvider();
    }
}
