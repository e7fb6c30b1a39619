using Microsoft.Extensions.Logging;

namespace Flame.EndToEnd.Tests.Calls;

internal sealed record LogLine(string Category, LogLevel Level, int EventId, string Text, Exception? Error);

/// <summary>The parent's log, kept and waited for.</summary>
internal sealed class LogRecorder : ILoggerFactory
{
    private readonly Lock _gate = new();
    private readonly List<LogLine> _lines = [];
    private readonly List<(Func<LogLine, bool> Wanted, TaskCompletionSource<LogLine> Found)> _waiters = [];

    public IReadOnlyList<LogLine> Lines
    {
        get
        {
            lock (_gate) return [.. _lines];
        }
    }

    /// <summary>The first line that fits, once it is there.</summary>
    public async Task<LogLine> WhenAsync(Func<LogLine, bool> wanted)
    {
        var found = new TaskCompletionSource<LogLine>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_lines.Find(line => wanted(line)) is { } line) return line;
            _waiters.Add((wanted, found));
        }

        try
        {
            return await found.Task.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException("No such line came. These did:\n" + string.Join('\n', Lines.TakeLast(40).Select(l => $"{l.Category} {l.EventId}: {l.Text}")));
        }
    }

    public Task<LogLine> WhenAsync(string text) => WhenAsync(line => line.Text.Contains(text, StringComparison.Ordinal));

    public ILogger CreateLogger(string categoryName) => new Recording(this, categoryName);

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    private void Add(LogLine line)
    {
        lock (_gate)
        {
            _lines.Add(line);
            foreach (var (wanted, found) in _waiters)
            {
                if (wanted(line)) found.TrySetResult(line);
            }
        }
    }

    private sealed class Recording(LogRecorder recorder, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            recorder.Add(new LogLine(category, logLevel, eventId.Id, formatter(state, exception), exception));
    }
}
