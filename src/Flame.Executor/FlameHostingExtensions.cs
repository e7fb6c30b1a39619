using Flame;
using Flame.Executor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.Hosting;

/// <summary>Adds Flame to a host.</summary>
public static class FlameHostingExtensions
{
    /// <summary>
    /// Makes the host elastic: it owns the declared pools, and the same program, started by a pool with
    /// <c>FLAME_PARENT</c> set, becomes an executor at <c>StartAsync</c>, which then does not return: the container,
    /// configuration and logging are the application's own, the web server does not bind, and hosted services do not
    /// start unless <see cref="FlameBuilder.RunInExecutors{TService}"/> names them.
    /// </summary>
    /// <param name="builder">A builder of a generic host or of a web application.</param>
    /// <param name="configure">Declares pools; <see langword="null"/>: every pool that a method names, on local processes.</param>
    /// <returns>The builder.</returns>
    public static IHostApplicationBuilder AddFlame(this IHostApplicationBuilder builder, Action<FlameBuilder>? configure = null)
    {
        var flame = new FlameBuilder();
        flame.UseConfiguration(builder.Configuration);
        configure?.Invoke(flame);

        if (ParentOfThisProcess.Read() is { } parent)
        {
            var pools = OwnPools.OfThisProcess(flame, parent);
            builder.Services.AddSingleton(_ => FlamePools.OfExecutor);
            builder.Logging.AddProvider(new LinkLoggerProvider(LinkLog.OfThisProcess));
            builder.Services.PostConfigure<LoggerFilterOptions>(ExecutorLogging.SilenceConsole);
            builder.Services.AddSingleton(services => new ExecutorLifetime(parent, flame, pools, services));
            builder.Services.AddSingleton<IHostLifetime>(services => services.GetRequiredService<ExecutorLifetime>());
            builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(services => services.GetRequiredService<ExecutorLifetime>()));
            return builder;
        }

        builder.Services.AddSingleton(services => new FlamePools(flame, services.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddHostedService<FlameHostedService>();
        return builder;
    }
}
