namespace Flame.Pooling;

/// <summary>The options that a pool's decisions depend on; times in ticks of 100 ns, <see cref="long.MaxValue"/> for infinite.</summary>
internal sealed record PoolSettings
{
    public int Min { get; init; }

    public int Max { get; init; } = 1;

    public int MaxConcurrency { get; init; } = 1;

    public int Buffer { get; init; }

    public bool SingleUse { get; init; }

    public int QueueLimit { get; init; } = int.MaxValue;

    public long IdleShutdownAfter { get; init; } = long.MaxValue;

    public long MinIdleShutdownAfter { get; init; } = long.MaxValue;

    public long BootTimeout { get; init; } = TimeSpan.TicksPerSecond * 30;

    public long ShutdownTimeout { get; init; } = TimeSpan.TicksPerSecond * 30;

    public static PoolSettings From(FlamePoolOptions options) => new()
    {
        Min = options.Min,
        Max = options.Max,
        MaxConcurrency = options.MaxConcurrency,
        Buffer = options.Buffer,
        SingleUse = options.SingleUse,
        QueueLimit = options.QueueLimit,
        IdleShutdownAfter = Ticks(options.IdleShutdownAfter),
        MinIdleShutdownAfter = Ticks(options.MinIdleShutdownAfter),
        BootTimeout = Ticks(options.BootTimeout),
        ShutdownTimeout = Ticks(options.ShutdownTimeout),
    };

    public static long Ticks(TimeSpan span) => span == Timeout.InfiniteTimeSpan ? long.MaxValue : span.Ticks;
}
