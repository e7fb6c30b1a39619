using System.Diagnostics;

namespace Flame.Telemetry;

/// <summary>
/// The spans of Flame. None of them is left behind as the current one of a caller or of a thread that serves others: only what runs a
/// user's method has its span as the current one.
/// </summary>
internal static class FlameSource
{
    public const string Name = "Flame";

    public static readonly string? Version = typeof(FlameSource).Assembly.GetName().Version?.ToString(3);

    private static readonly ActivitySource s_source = new(Name, Version);

    public static bool IsListenedTo => s_source.HasListeners();

    /// <summary>Starts a span that stays the current one.</summary>
    public static Activity? Enter(string name, ActivityKind kind, ActivityContext parent, IEnumerable<KeyValuePair<string, object?>> tags, DateTimeOffset start) =>
        s_source.StartActivity(name, kind, parent, tags, null, start);

    /// <summary>Starts a span aside: the current one stays what it was, and is its parent where none is given.</summary>
    public static Activity? Start(
        string name, ActivityKind kind, ActivityContext parent, IEnumerable<KeyValuePair<string, object?>> tags, DateTimeOffset start, IEnumerable<ActivityLink>? links = null)
    {
        var here = Activity.Current;
        var activity = s_source.StartActivity(name, kind, parent, tags, links, start);
        if (activity is not null) Restore(here);
        return activity;
    }

    public static void End(Activity activity, DateTimeOffset now)
    {
        var here = Activity.Current;
        activity.SetEndTime(now.UtcDateTime);
        activity.Stop();
        Restore(here == activity ? activity.Parent : here);
    }

    public static void Failed(Activity activity, string type, string? words)
    {
        activity.SetTag("error.type", type);
        activity.SetStatus(ActivityStatusCode.Error, words);
    }

    /// <summary>Makes it the current one again, unless it has ended: then it cannot be.</summary>
    public static void Restore(Activity? before) => Activity.Current = before is { IsStopped: true } ? null : before;
}
