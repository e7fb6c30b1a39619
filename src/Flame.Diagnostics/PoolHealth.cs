using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Flame.Health;

/// <summary>How one pool is, and why.</summary>
internal sealed record PoolHealth(FlamePoolStats Stats, HealthStatus Status, string? Words)
{
    public static PoolHealth Of(FlamePool pool) => Of(pool.GetStats(), pool.Options.Max, pool.IsEnding, pool.LastBootError);

    /// <summary>The rules; the first that fits.</summary>
    public static PoolHealth Of(FlamePoolStats stats, int max, bool isEnding, string? lastBootError)
    {
        var failures = stats.BootFailuresInARow;
        if (isEnding) return new(stats, HealthStatus.Unhealthy, $"Pool '{stats.Pool}' is shutting down.");
        if (failures > 0 && stats.Ready == 0)
            return new(stats, HealthStatus.Unhealthy, $"Pool '{stats.Pool}' has no executor, and {Boots(failures)}{Because(lastBootError)}.");
        if (failures > 0)
            return new(stats, HealthStatus.Degraded, $"Pool '{stats.Pool}' has {stats.Ready} of up to {max} executors, and {Boots(failures)}{Because(lastBootError)}.");
        if (stats.Waiting > 0 && stats.Booting == 0 && stats.Ready + stats.Draining >= max)
            return new(stats, HealthStatus.Degraded, $"Pool '{stats.Pool}' is full: {stats.Waiting} calls wait for {max} executors. Raise Max, or slow the callers down.");
        return new(stats, HealthStatus.Healthy, null);
    }

    private static string Boots(int failures) => failures == 1 ? "its last boot failed" : $"its last {failures} boots failed";

    private static string Because(string? error) => error is null ? "" : $": {error.TrimEnd('.')}";
}
