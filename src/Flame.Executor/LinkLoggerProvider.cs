using Flame.Wire;
using Microsoft.Extensions.Logging;

namespace Flame.Executor;

/// <summary>Sends the executor's log events to the parent's logger.</summary>
internal sealed class LinkLoggerProvider(Func<ExecutorHost?> host) : ILoggerProvider
{
    private static ExecutorHost? s_host;

    /// <summary>Sends to the link of this process.</summary>
    public LinkLoggerProvider() : this(static () => Volatile.Read(ref s_host))
    {
    }

    /// <summary>Where events go from now on; before, they are of the boot and go nowhere.</summary>
    public static void SendTo(ExecutorHost host) => Volatile.Write(ref s_host, host);

    public ILogger CreateLogger(string categoryName) => new LinkLogger(categoryName, host);

    public void Dispose()
    {
    }

    private sealed class LinkLogger(string category, Func<ExecutorHost?> host) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && host() is not null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            host()?.Log(new LogBody(
                (byte)logLevel, LogBody.FromLogger, eventId.Id, category, formatter(state, exception), exception?.ToString() ?? ""));
    }
}
