using Flame.Wire;
using Microsoft.Extensions.Logging;

namespace Flame.Diagnostics;

/// <summary>Writes what an executor logs and prints to the parent's logger, under the executor's name.</summary>
internal static class ExecutorOutputLog
{
    public static LogLevel LevelOf(in LogBody log) => log.Level <= (byte)LogLevel.Critical ? (LogLevel)log.Level : LogLevel.Information;

    public static void Write(ILogger logger, string executor, in LogBody log)
    {
        var level = LevelOf(log);
        if (!logger.IsEnabled(level)) return;
        var text = log.Source == LogBody.FromLogger ? $"[{executor}] {LogText.Line(log.Category)}: {LogText.Lines(log.Message)}" : $"[{executor}] {LogText.Line(log.Message)}";
        if (log.Exception.Length > 0) text += LogText.Lines("\n" + log.Exception);
        logger.Log(level, new EventId(log.EventId), text, null, static (state, _) => state);
    }
}
