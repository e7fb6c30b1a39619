using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Flame.Telemetry;

/// <summary>What is seen of one boot: a span, in the trace of the call that waits for it if one does, and what the meter counts.</summary>
internal sealed class BootSpan
{
    private readonly FlamePool _pool;
    private readonly Activity? _activity;

    private BootSpan(FlamePool pool, string executor, object? cause)
    {
        _pool = pool;
        if (!FlameSource.IsListenedTo) return;
        var here = Activity.Current;

        // Where no call waits for it, it is nobody's part: not of the call either that happened to be here.
        if (cause is null) Activity.Current = null;
        _activity = FlameSource.Start(
            "flame.boot", ActivityKind.Internal, (cause as Activity)?.Context ?? default,
            [PoolTag, Tags.Executor(executor), BackendTag], pool.Time.GetUtcNow());
        FlameSource.Restore(here);
    }

    public ActivityContext Context => _activity?.Context ?? default;

    private KeyValuePair<string, object?> PoolTag => Tags.Pool(_pool);

    private KeyValuePair<string, object?> BackendTag => new("flame.backend", _pool.Backend.Name);

    /// <param name="pool">Whose it is.</param>
    /// <param name="executor">What boots.</param>
    /// <param name="cause">The span of the call that waits for it; <see langword="null"/>: none does.</param>
    /// <returns><see langword="null"/>: nobody listens.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static BootSpan? Begin(FlamePool pool, string executor, object? cause) =>
        FlameSource.IsListenedTo || FlameMeter.BootsAreMeasured ? new BootSpan(pool, executor, cause) : null;

    public void End(BootParts parts, TimeSpan took, Exception? failure, bool wasTold)
    {
        var outcome = failure is null ? "succeeded" : wasTold ? "cancelled" : "failed";
        FlameMeter.BootDuration.Record(took.TotalSeconds, PoolTag, BackendTag, new("flame.boot.outcome", outcome));
        foreach (var (name, time) in parts.Known()) FlameMeter.BootPartDuration.Record(time.TotalSeconds, PoolTag, BackendTag, new("flame.boot.part", name));
        if (_activity is null) return;
        var now = _pool.Time.GetUtcNow();
        AddEvents(parts, now);
        _activity.SetTag("flame.boot.outcome", outcome);
        if (failure is not null) FlameSource.Failed(_activity, failure.GetType().FullName!, failure.Message);
        FlameSource.End(_activity, now);
    }

    // The parts follow one another and the last ends now; each event stands at the end of its part.
    private void AddEvents(BootParts parts, DateTimeOffset now)
    {
        var known = parts.Known().ToArray();
        var left = known.Aggregate(TimeSpan.Zero, static (sum, part) => sum + part.Took);
        foreach (var (name, took) in known)
        {
            left -= took;
            _activity!.AddEvent(new ActivityEvent("flame.boot.part", now - left, new ActivityTagsCollection { ["flame.boot.part"] = name, ["flame.boot.part.duration"] = took.TotalSeconds }));
        }
    }
}
