using Flame.Wire;
using Microsoft.Extensions.Logging;

namespace Flame.Executor;

/// <summary>Sends the executor's log events to the parent's logger.</summary>
internal sealed class LinkLoggerProvider(LinkLog log) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new LinkLogger(categoryName, log);

    public void Dispose()
    {
    }

    private sealed class LinkLogger(string category, LinkLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Add(new LogBody(
                (byte)logLevel, LogBody.FromLogger, eventId.Id, category, formatter(state, exception), exception?.ToString() ?? ""));
    }
}
