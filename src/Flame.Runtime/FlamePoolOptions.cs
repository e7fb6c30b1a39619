namespace Flame;

/// <summary>
/// How one pool grows, waits and shrinks. Set in code, or bound from <c>Flame:Pools:&lt;name&gt;</c>. Every problem of
/// every pool is reported at start, at once. Not thread-safe while being configured; read-only afterwards.
/// </summary>
/// <remarks>
/// The size of a pool follows one rule, applied after every event:
/// <c>wanted = clamp(⌈(leased + waiting) / MaxConcurrency⌉ + (busy ? Buffer : 0), Min, Max)</c>.
/// Booting executors count as present, and a busy one is never reaped.
/// </remarks>
public sealed class FlamePoolOptions
{
    /// <summary>The name of the pool that is used where none is given.</summary>
    public const string DefaultPoolName = "default";

    /// <summary>Executors kept ready. From 0 to <see cref="Max"/>.</summary>
    /// <value>Default: 0.</value>
    public int Min { get; set; }

    /// <summary>Executors at most, counting those that boot and those that drain: a promise about the bill. At least 1.</summary>
    /// <value>Default: <see cref="Environment.ProcessorCount"/>.</value>
    public int Max { get; set; } = Environment.ProcessorCount;

    /// <summary>Calls that one executor runs at the same time. From 1 to 65,536.</summary>
    /// <value>Default: 1.</value>
    public int MaxConcurrency { get; set; } = 1;

    /// <summary>Executors kept ready beyond demand while the pool is busy. From 0 to <see cref="Max"/>.</summary>
    /// <value>Default: 0.</value>
    public int Buffer { get; set; }

    /// <summary>How long an executor above <see cref="Min"/> stays without a call before it is drained. Positive, or infinite.</summary>
    /// <value>Default: 30 seconds.</value>
    public TimeSpan IdleShutdownAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the whole pool stays without a call before the last <see cref="Min"/> executors are drained too; the
    /// next call brings them back. Positive, or infinite.
    /// </summary>
    /// <value>Default: <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>: they stay.</value>
    public TimeSpan MinIdleShutdownAfter { get; set; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>Whether every executor runs one call and then ends. Needs <see cref="MaxConcurrency"/> 1.</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool SingleUse { get; set; }

    /// <summary>How long one execution may take, from the moment an executor is found. Positive, or infinite.</summary>
    /// <value>
    /// Default: <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>. A lost executor always ends its calls, so no
    /// limit is needed against a call that nobody runs any more.
    /// </value>
    public TimeSpan Timeout { get; set; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>How long a call may wait for an executor, queue and boot together. Positive, or infinite.</summary>
    /// <value>
    /// Default: <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>: a call waits for its turn as long as the pool
    /// makes progress. When no executor is up and boots fail for <see cref="BootTimeout"/>, the waiting calls fail.
    /// </value>
    public TimeSpan QueueTimeout { get; set; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>How long one boot may take: create, connect and handshake. Positive.</summary>
    /// <value>Default: 30 seconds.</value>
    public TimeSpan BootTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long running calls may go on when an executor drains or the parent stops. Positive.</summary>
    /// <value>Default: 30 seconds.</value>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a method may ignore its cancellation token before it counts as stuck; its executor then takes no more
    /// work and is ended when its other calls are done. Positive.
    /// </summary>
    /// <value>Default: 5 seconds.</value>
    public TimeSpan CancelGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Calls that may wait at the same time; one more fails with <see cref="QueueFullException"/>. At least 1.</summary>
    /// <value>Default: 100,000.</value>
    public int QueueLimit { get; set; } = 100_000;

    /// <summary>How often a call to an <see cref="FlameAttribute.Idempotent"/> method is run again after a lost executor. From 0 to 100.</summary>
    /// <value>Default: 2.</value>
    public int IdempotentRetries { get; set; } = 2;

    /// <summary>The largest payload of one call in either direction, in bytes. From 1,024 to 2,147,483,591.</summary>
    /// <value>Default: 256 MiB.</value>
    public int MaxPayloadSize { get; set; } = 256 * 1024 * 1024;

    /// <summary>What each executor has to have.</summary>
    public FlameResources Resources { get; private set; } = new();

    /// <summary>Runs when a boot starts. Must not block.</summary>
    public Action<FlamePoolSize>? OnGrowStart { get; set; }

    /// <summary>Runs when a boot ended; the exception is <see langword="null"/> when it succeeded. Must not block.</summary>
    public Action<FlamePoolSize, Exception?>? OnGrowEnd { get; set; }

    /// <summary>Runs when an executor is gone, for whatever reason. Must not block.</summary>
    public Action<FlamePoolSize>? OnShrink { get; set; }

    /// <summary>The same for one executor that is booted at once and takes no call.</summary>
    internal FlamePoolOptions OfProbe(TimeSpan budget)
    {
        var options = (FlamePoolOptions)MemberwiseClone();
        (options.Min, options.Max, options.Buffer, options.BootTimeout) = (1, 1, 0, budget);
        (options.IdleShutdownAfter, options.MinIdleShutdownAfter) = (System.Threading.Timeout.InfiniteTimeSpan, System.Threading.Timeout.InfiniteTimeSpan);
        (options.OnGrowStart, options.OnGrowEnd, options.OnShrink) = (null, null, null);
        return options;
    }

    /// <summary>The same for a pool of an executor: it must not boot others by itself, or they would without end.</summary>
    internal FlamePoolOptions InExecutor()
    {
        var options = Copy();
        options.Min = 0;
        return options;
    }

    internal FlamePoolOptions Copy()
    {
        var options = (FlamePoolOptions)MemberwiseClone();
        options.Resources = Resources.Copy();
        return options;
    }

    /// <summary>The same, but for what a pool keeps from its start to its end.</summary>
    internal FlamePoolOptions InPlaceOf(FlamePoolOptions running)
    {
        var options = Copy();
        (options.SingleUse, options.MaxPayloadSize, options.Resources) = (running.SingleUse, running.MaxPayloadSize, running.Resources);
        return options;
    }
}

/// <summary>What a pool tells its growth callbacks.</summary>
/// <param name="Pool">The name of the pool.</param>
/// <param name="Executor">The executor that the event is about.</param>
/// <param name="Count">Executors present after the event, counting those that boot or drain.</param>
public readonly record struct FlamePoolSize(string Pool, string Executor, int Count);
