using Flame;
using Flame.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the pools of Flame to the health checks of a program.</summary>
public static class FlameHealthCheckExtensions
{
    /// <summary>
    /// Reports how the pools of this process are, the worst of them first. <b>Unhealthy</b>: a pool has no executor and its boots
    /// fail, or it is shutting down. <b>Degraded</b>: boots fail while other executors still work, or all executors that it may have are full
    /// and calls wait. <b>Healthy</b>: anything else, such as an empty pool that nobody calls.
    /// </summary>
    /// <remarks>Nothing is booted for it, and no executor is asked: it reads what the pools know.</remarks>
    /// <param name="builder">The health checks of the program.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="tags">Words that choose checks.</param>
    /// <returns>The builder.</returns>
    public static IHealthChecksBuilder AddFlame(this IHealthChecksBuilder builder, string name = "flame", IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(name, static services => new PoolsHealthCheck(services.GetRequiredService<FlamePools>()), failureStatus: null, tags));
    }
}
