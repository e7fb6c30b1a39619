using System.Collections.Concurrent;

namespace Flame.Doubles.Fly;

/// <summary>Fly's published limits: per action and machine (or application) 1/s after a burst of 3, looks at a machine 5/s after 10.</summary>
internal sealed class FlyLimits
{
    // What two clocks and a network may differ by.
    private const double Tolerance = 0.15;

    private readonly ConcurrentDictionary<(string Action, string Subject), (double Used, long At)> _buckets = new();

    public bool Allows(string action, string subject)
    {
        var (rate, burst) = action == "get" ? (5.0, 10.0) : (1.0, 3.0);
        var now = TimeProvider.System.GetTimestamp();
        var allowed = false;
        _buckets.AddOrUpdate((action, subject), _ => Take(0), (_, bucket) => Take(Math.Max(0, bucket.Used - (TimeProvider.System.GetElapsedTime(bucket.At, now).TotalSeconds * rate))));
        return allowed;

        (double, long) Take(double used)
        {
            allowed = used <= burst - 1 + Tolerance;
            return (allowed ? used + 1 : used, now);
        }
    }
}
