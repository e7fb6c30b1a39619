using System.Globalization;

namespace Flame.Tuning;

/// <summary>An option of a pool, to be shown.</summary>
/// <param name="Name">As configuration names it.</param>
/// <param name="IsLive">Whether it can change while the pool lives.</param>
/// <param name="Text">Its value, as configuration would say it.</param>
internal sealed record PoolOption(string Name, bool IsLive, Func<FlamePoolOptions, string> Text)
{
    /// <summary>All of them, but for the backend, in the order of a page.</summary>
    public static readonly PoolOption[] All =
    [
        Whole(nameof(FlamePoolOptions.Min), o => o.Min),
        Whole(nameof(FlamePoolOptions.Max), o => o.Max),
        Whole(nameof(FlamePoolOptions.Buffer), o => o.Buffer),
        Whole(nameof(FlamePoolOptions.MaxConcurrency), o => o.MaxConcurrency),
        Whole(nameof(FlamePoolOptions.QueueLimit), o => o.QueueLimit),
        Whole(nameof(FlamePoolOptions.IdempotentRetries), o => o.IdempotentRetries),
        Span(nameof(FlamePoolOptions.IdleShutdownAfter), o => o.IdleShutdownAfter),
        Span(nameof(FlamePoolOptions.MinIdleShutdownAfter), o => o.MinIdleShutdownAfter),
        Span(nameof(FlamePoolOptions.QueueTimeout), o => o.QueueTimeout),
        Span(nameof(FlamePoolOptions.Timeout), o => o.Timeout),
        Span(nameof(FlamePoolOptions.BootTimeout), o => o.BootTimeout),
        Span(nameof(FlamePoolOptions.ShutdownTimeout), o => o.ShutdownTimeout),
        Span(nameof(FlamePoolOptions.CancelGrace), o => o.CancelGrace),
        new(nameof(FlamePoolOptions.SingleUse), false, o => o.SingleUse ? "true" : "false"),
        Whole(nameof(FlamePoolOptions.MaxPayloadSize), o => o.MaxPayloadSize) with { IsLive = false },
        new("Resources:Cpus", false, o => o.Resources.Cpus?.ToString(CultureInfo.InvariantCulture) ?? ""),
        new("Resources:MemoryMiB", false, o => o.Resources.MemoryMiB?.ToString(CultureInfo.InvariantCulture) ?? ""),
        new("Resources:Gpus", false, o => o.Resources.Gpus.ToString(CultureInfo.InvariantCulture)),
        new("Resources:GpuKind", false, o => o.Resources.GpuKind ?? ""),
    ];

    /// <summary>The option of this name; <see langword="null"/>: there is none.</summary>
    public static PoolOption? Find(string name) => Array.Find(All, option => option.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Those in which two differ.</summary>
    public static IEnumerable<PoolOption> Differing(FlamePoolOptions one, FlamePoolOptions other) => All.Where(option => option.Text(one) != option.Text(other));

    private static PoolOption Whole(string name, Func<FlamePoolOptions, int> value) => new(name, true, o => value(o).ToString(CultureInfo.InvariantCulture));

    private static PoolOption Span(string name, Func<FlamePoolOptions, TimeSpan> value) =>
        new(name, true, o => value(o) == Timeout.InfiniteTimeSpan ? "infinite" : value(o).ToString("c", CultureInfo.InvariantCulture));
}
