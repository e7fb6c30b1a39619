using Flame.Diagnostics;
using Flame.Wire;
using Microsoft.Extensions.Logging;

namespace Flame.Observation;

/// <summary>The last lines of each executor, whatever the application's logger makes of them. Thread-safe.</summary>
internal sealed class WatchedLines(TimeProvider time)
{
    /// <summary>Lines that are kept of each executor.</summary>
    public const int Kept = 200;

    // Those of executors that are long gone make room for others.
    private const int MostExecutors = 1_000;
    private const int MostCharacters = 2_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<Line>> _lines = [];
    private readonly Queue<string> _order = new();
    private TaskCompletionSource? _waiting;
    private long _last;

    public void Add(string executor, in LogBody body)
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            if (!_lines.TryGetValue(executor, out var lines))
            {
                _lines[executor] = lines = new Queue<Line>();
                _order.Enqueue(executor);
                if (_order.Count > MostExecutors) _lines.Remove(_order.Dequeue());
            }

            lines.Enqueue(new Line(++_last, time.GetUtcNow(), body));
            if (lines.Count > Kept) lines.Dequeue();
            (waiting, _waiting) = (_waiting, null);
        }

        waiting?.TrySetResult();
    }

    /// <summary>The newest of those after a number, oldest first.</summary>
    public LineView[] View(string? executor, long after, int most, DateTimeOffset from, DateTimeOffset until)
    {
        (string Executor, Line Line)[] found;
        lock (_gate)
        {
            found = [.. _lines.Where(lines => executor is null || lines.Key == executor)
                .SelectMany(static lines => lines.Value.Select(line => (lines.Key, line)))
                .Where(line => line.line.Number > after && line.line.At >= from && line.line.At <= until)];
        }

        return [.. found.OrderBy(static line => line.Line.Number).TakeLast(most).Select(static line => line.Line.View(line.Executor))];
    }

    /// <summary>Completes when there is a line of a higher number.</summary>
    public Task NewAsync(long after, CancellationToken ct)
    {
        lock (_gate)
        {
            if (_last > after) return Task.CompletedTask;
            _waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiting.Task.WaitAsync(ct);
        }
    }

    private readonly record struct Line(long Number, DateTimeOffset At, LogBody Body)
    {
        public LineView View(string executor)
        {
            var text = Body.Source switch
            {
                LogBody.OfDropped => $"{Body.EventId} lines were dropped here: {Body.Message}",
                LogBody.FromLogger when Body.Exception.Length > 0 => $"{Body.Category}: {Body.Message}\n{Body.Exception}",
                LogBody.FromLogger => $"{Body.Category}: {Body.Message}",
                _ => Body.Message,
            };
            return new LineView(Number, At, executor, LevelOf(Body), LogText.Lines(text.Length > MostCharacters ? text[..MostCharacters] + "…" : text));
        }

        private static string LevelOf(in LogBody body) => body.Source switch
        {
            LogBody.FromOutput => "stdout",
            LogBody.FromError => "stderr",
            _ => (LogLevel)body.Level switch
            {
                LogLevel.Trace => "trace",
                LogLevel.Debug => "debug",
                LogLevel.Information => "information",
                LogLevel.Warning => "warning",
                LogLevel.Error => "error",
                _ => "critical",
            },
        };
    }
}
