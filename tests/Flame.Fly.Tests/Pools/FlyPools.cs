using Flame.Doubles.Fly;
using Microsoft.Extensions.Logging;

namespace Flame.Fly.Tests.Pools;

internal static class FlyPools
{
    /// <summary>Starts the pool "main" on the double, as a parent on Fly would.</summary>
    public static Task<FlamePools> StartAsync(
        FlyDouble cloud, Action<FlyOptions>? fly = null, Action<FlamePoolOptions>? pool = null, ILoggerFactory? loggers = null, FlyEnvironment? environment = null) =>
        FlameApplication.StartAsync(
            builder =>
            {
                builder.AddPool("main", options =>
                {
                    (options.Max, options.BootTimeout) = (1, TimeSpan.FromSeconds(30));
                    pool?.Invoke(options);
                });
                FlameFlyExtensions.Use(
                    builder,
                    options =>
                    {
                        options.ApiHost = cloud.Address;
                        (options.CpuKind, options.Cpus, options.MemoryMiB) = ("shared", 1, 512);
                        fly?.Invoke(options);
                    },
                    environment ?? Cloud.On(cloud));
            },
            loggers: loggers,
            ct: Cloud.Patience);
}
