using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Flame.Health;

/// <summary>The health of all pools: that of the worst, with words for each that is not well.</summary>
internal sealed class PoolsHealthCheck(FlamePools pools) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var all = pools.All.OrderBy(static pool => pool.Name, StringComparer.Ordinal).Select(static pool => PoolHealth.Of(pool)).ToArray();
        var worst = all.Select(static pool => pool.Status).DefaultIfEmpty(HealthStatus.Healthy).Min();
        var words = string.Join(" ", all.Where(static pool => pool.Words is not null).OrderBy(static pool => pool.Status).Select(static pool => pool.Words));
        var data = all.ToDictionary(static pool => pool.Stats.Pool, static pool => (object)Figures(pool.Stats));
        return Task.FromResult(new HealthCheckResult(worst, words.Length == 0 ? null : words, null, data));
    }

    private static string Figures(FlamePoolStats stats) =>
        $"{stats.Ready} ready, {stats.Booting} booting, {stats.Draining} draining, {stats.Running} running, {stats.Waiting} waiting";
}
