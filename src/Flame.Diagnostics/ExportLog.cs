using Microsoft.Extensions.Logging;

namespace Flame.Exports;

/// <summary>What is logged of exports.</summary>
internal static partial class ExportLog
{
    [LoggerMessage(3036, LogLevel.Warning, "FLM3036 {Count} exports of executors were not passed on to {Collector}: {Reason}")]
    public static partial void NotPassedOn(ILogger logger, long count, string collector, string reason);

    [LoggerMessage(3037, LogLevel.Warning, "FLM3037 {Count} exports of traces or metrics were dropped: they were too large, or the link took no more")]
    public static partial void Dropped(ILogger logger, long count);
}
