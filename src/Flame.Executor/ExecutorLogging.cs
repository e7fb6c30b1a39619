using Microsoft.Extensions.Logging;

namespace Flame.Executor;

/// <summary>What logging differs in an executor.</summary>
internal static class ExecutorLogging
{
    private const string ConsoleProvider = "Microsoft.Extensions.Logging.Console.ConsoleLoggerProvider";

    /// <summary>Events reach the parent as events; printed as well, they would arrive twice.</summary>
    public static void SilenceConsole(LoggerFilterOptions options)
    {
        foreach (var rule in options.Rules.Where(r => r.ProviderName is ConsoleProvider or "Console").ToArray()) options.Rules.Remove(rule);
        options.Rules.Add(new LoggerFilterRule(ConsoleProvider, null, LogLevel.None, null));
    }
}
