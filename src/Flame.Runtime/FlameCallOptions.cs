using System.Globalization;
using Polly;

namespace Flame;

/// <summary>
/// What one call wants otherwise than its method and its pool: <c>Videos.Remote.With(options).CutAsync(video)</c>. What is
/// not set is as the method says, else as the pool says. Immutable: keep an instance and use it for many calls.
/// </summary>
public sealed record FlameCallOptions
{
    // Not under its type: whoever asks whether there is one must not load the library for it.
    private readonly object? _retry;

    /// <summary>
    /// How long one execution may take; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>: as long as it likes.
    /// Default: that of the method, else that of the pool.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above zero, or over 24 days (FLM2015).</exception>
    public TimeSpan? Timeout
    {
        get;
        init => field = Checked(value, nameof(Timeout));
    }

    /// <summary>
    /// How long the call may wait for an executor, queue and boot together;
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>: as long as it takes. Default: that of the pool.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above zero, or over 24 days (FLM2015).</exception>
    public TimeSpan? QueueTimeout
    {
        get;
        init => field = Checked(value, nameof(QueueTimeout));
    }

    /// <summary>
    /// Whether the call may run again when its executor is lost after it may have started. Default: as its method is
    /// marked, see <see cref="FlameAttribute.Idempotent"/>. A stream is never run again.
    /// </summary>
    public bool? Idempotent { get; init; }

    /// <summary>
    /// Runs the attempts of the call: when to try again, after which failure, how long in all. Each attempt asks the pool
    /// anew and has the whole <see cref="QueueTimeout"/> and <see cref="Timeout"/>; that a lost executor's idempotent call
    /// runs again (<see cref="FlamePoolOptions.IdempotentRetries"/>) happens within one attempt. Only an idempotent call can
    /// have it, and no cast; a stream is tried again until its first item is there. Default: one attempt.
    /// </summary>
    public ResiliencePipeline? Retry
    {
        get => (ResiliencePipeline?)_retry;
        init => _retry = value;
    }

    internal bool HasRetry => _retry is not null;

    /// <summary>
    /// Whether the call goes on when its parent is gone: killed, or ended without waiting for it any longer. It then has
    /// what is left of its <see cref="Timeout"/>, or the pool's <see cref="FlamePoolOptions.ShutdownTimeout"/> where it has
    /// none; its executor stays for as long, runs its exit hooks and ends. Nobody hears of the result. While the call waits
    /// for an executor it is lost with the parent; a stream cannot be detached. The caller's token cancels it as ever.
    /// </summary>
    public bool Detached { get; init; }

    /// <summary>
    /// How long <see cref="FlamePools.FindCall"/> finds a spawned call after it has ended; <see cref="TimeSpan.Zero"/>: not at
    /// all; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>: until 10,000 others have ended. Default: ten minutes.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below zero, or over 24 days (FLM2015).</exception>
    public TimeSpan KeepFor
    {
        get;
        init => field = value == TimeSpan.Zero ? value : Checked(value, nameof(KeepFor))!.Value;
    }
    = DefaultKeepFor;

    internal static TimeSpan DefaultKeepFor { get; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A word of the caller's for what the call is for: a tenant, a product. The time that its slot costs is counted by it, and its span has
    /// it (<c>flame.tag</c>). Few different ones: each is a series of its own wherever metrics are kept. Default: none.
    /// </summary>
    public string? Tag { get; init; }

    /// <summary>The spans of those that the call is made for, where they are several.</summary>
    internal object? Links { get; init; }

    private static TimeSpan? Checked(TimeSpan? value, string option)
    {
        if (value is not { } time || time == System.Threading.Timeout.InfiniteTimeSpan || (time > TimeSpan.Zero && time.TotalMilliseconds <= int.MaxValue)) return value;
        throw new ArgumentOutOfRangeException(
            option, string.Create(CultureInfo.InvariantCulture, $"FLM2015: {option} is {time}. Give a time from just above zero to 24 days, or Timeout.InfiniteTimeSpan."));
    }
}
