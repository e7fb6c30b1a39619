using System.Globalization;

namespace Flame;

/// <summary>Checks the options of a pool and says everything that is wrong, each with its id and path.</summary>
internal static class PoolValidation
{
    public static void Check(string pool, FlamePoolOptions o, List<string> problems)
    {
        Range(nameof(o.Max), o.Max, 1, 100_000);
        Range(nameof(o.Min), o.Min, 0, Math.Max(o.Max, 0));
        Range(nameof(o.MaxConcurrency), o.MaxConcurrency, 1, 65_536);
        Range(nameof(o.Buffer), o.Buffer, 0, Math.Max(o.Max, 0));
        Range(nameof(o.QueueLimit), o.QueueLimit, 1, int.MaxValue);
        Range(nameof(o.IdempotentRetries), o.IdempotentRetries, 0, 100);
        Range(nameof(o.MaxPayloadSize), o.MaxPayloadSize, 1024, Array.MaxLength);
        Span(nameof(o.IdleShutdownAfter), o.IdleShutdownAfter, infinite: true);
        Span(nameof(o.MinIdleShutdownAfter), o.MinIdleShutdownAfter, infinite: true);
        Span(nameof(o.Timeout), o.Timeout, infinite: true);
        Span(nameof(o.QueueTimeout), o.QueueTimeout, infinite: true);
        Span(nameof(o.BootTimeout), o.BootTimeout, infinite: false);
        Span(nameof(o.ShutdownTimeout), o.ShutdownTimeout, infinite: false);
        Span(nameof(o.CancelGrace), o.CancelGrace, infinite: false);
        if (o.Resources.Cpus is not (null or (> 0 and <= 1024)))
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"FLM1003: Flame:Pools:{pool}:Resources:Cpus — {o.Resources.Cpus} is not between just above zero and 1024."));
        if (o.Resources.MemoryMiB is { } memory) Range("Resources:MemoryMiB", memory, 1, int.MaxValue);
        Range("Resources:Gpus", o.Resources.Gpus, 0, 64);
        if (o.SingleUse && o.MaxConcurrency != 1)
            problems.Add($"FLM1004: Flame:Pools:{pool}:SingleUse — an executor that runs one call has no use for MaxConcurrency {o.MaxConcurrency}. Set it to 1, or SingleUse to false.");

        void Range(string option, int value, int from, int to)
        {
            if (value < from || value > to)
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"FLM1003: Flame:Pools:{pool}:{option} — {value} is not between {from} and {to}."));
        }

        void Span(string option, TimeSpan value, bool infinite)
        {
            if (infinite && value == Timeout.InfiniteTimeSpan) return;
            if (value <= TimeSpan.Zero || value.TotalMilliseconds > int.MaxValue)
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"FLM1003: Flame:Pools:{pool}:{option} — {value} is not a time from just above zero to 24 days{(infinite ? ", nor infinite" : "")}."));
        }
    }
}
