using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Flame.Telemetry;

/// <summary>A batch is one call for several callers: a part of the first one's trace, and linked with the spans of all.</summary>
internal static class BatchTelemetry
{
    /// <returns>What <see cref="Linked"/> wants of each caller.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static object? Caller() => FlameSource.IsListenedTo ? Activity.Current?.Context : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static FlameCallOptions? Linked(IEnumerable<object?> callers)
    {
        ActivityContext[] spans = [.. callers.OfType<ActivityContext>()];
        return spans.Length == 0 ? null : new FlameCallOptions { Links = spans };
    }
}
