using Flame.Wire;
using Microsoft.Extensions.Logging;

namespace Flame.Executor;

/// <summary>Sends the executor's log events to the parent's logger.</summary>
internal sealed class LinkLoggerProvider : ILoggerProvider
{
    private static ExecutorHost? s_host;

    /// <summary>Where events go from now on; before, they are of the boot and go nowhere.</summary>
    public static void SendTo(ExecutorHost host) => Volatile.Write(ref s_host, host);

    public ILogger CreateLogger(string categoryName) => new LinkLogger(categoryName);

    public void Dispose()
    {
    }

    private sealed class LinkLogger(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && Volatile.Read(ref s_host) is not null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Volatile.Read(ref s_host)?.Log(new LogBody(
                (byte)logLevel, LogBody.FromLogger, eventId.Id, category, formatter(state, exception), exception?.ToString() ?? ""));
    }
}
