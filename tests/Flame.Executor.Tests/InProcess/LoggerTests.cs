using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flame.Executor.Tests.InProcess;

public sealed class LoggerTests
{
    [Fact]
    public async Task Executors_that_come_and_go_leave_no_logger_behind()
    {
        using var loggers = new CategoryRecorder();
        await using var pool = InProcessPool.Start(o => o.SingleUse = true, loggers: loggers);
        await Work.AppendAsync([]);
        var known = loggers.Categories.Keys.Order(StringComparer.Ordinal).ToArray();

        for (var i = 0; i < 5; i++) await Work.AppendAsync([]);

        Assert.Contains("Flame.Executor.test", known);
        Assert.Equal(known, loggers.Categories.Keys.Order(StringComparer.Ordinal));
    }

    /// <summary>The categories that were asked for: a factory keeps a logger for each of them as long as it lives.</summary>
    private sealed class CategoryRecorder : ILoggerFactory
    {
        public ConcurrentDictionary<string, bool> Categories { get; } = new();

        public ILogger CreateLogger(string categoryName)
        {
            Categories[categoryName] = true;
            return NullLogger.Instance;
        }

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }
}
