using Flame.Wire;
using Microsoft.Extensions.Logging;

namespace Flame.Diagnostics;

/// <summary>
/// What one executor logs and prints, on its way to the parent's logger. Nobody who reads from the executor waits for that
/// logger, so that a slow one costs lines and no executor; and a flood fills neither the memory nor the log. What is dropped
/// is counted, and the count is logged. Thread-safe.
/// </summary>
/// <param name="output">Where lines go.</param>
/// <param name="log">Where it is said how many did not.</param>
/// <param name="executor">Its name.</param>
/// <param name="time">The clock.</param>
internal sealed class ExecutorLines(ILogger output, ILogger log, string executor, TimeProvider time) : IThreadPoolWorkItem
{
    /// <summary>Characters that may wait for the logger.</summary>
    public const int Room = 2 * 1024 * 1024;

    private const int Overhead = 64;

    /// <summary>Between two lines that say how many were dropped.</summary>
    public static readonly TimeSpan SaidEvery = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly object _gate = new();
    private readonly Queue<LogBody> _waiting = new();
    private readonly LineBudget _budget = new(time);
    private ITimer? _saying;
    private int _length;
    private int _tooMany;
    private int _tooSlow;
    private int _settling;
    private long _added;
    private long _written;
    private bool _writing;
    private bool _sayNow;
    private bool _isSlow;

    public void Add(in LogBody line)
    {
        if (!IsWanted(line)) return;
        lock (_gate)
        {
            if (!TryKeep(line))
            {
                // At its own pace: one for each flood and second.
                _saying ??= time.CreateTimer(static lines => ((ExecutorLines)lines!).Say(), this, SaidEvery, Timeout.InfiniteTimeSpan);
                return;
            }

            _added++;
            Write();
        }
    }

    /// <summary>
    /// Waits until what came so far is written, so that it is before what the caller does next; but not again for a logger
    /// that did not do it in time, until it has caught up.
    /// </summary>
    public void Settle()
    {
        if (!Volatile.Read(ref _writing) || Volatile.Read(ref _isSlow)) return;
        lock (_gate)
        {
            var (last, since) = (_added, TimeProvider.System.GetTimestamp());
            _settling++;
            while (!_isSlow && _written < last)
            {
                // In real time, whatever clock the pool has: it is a thread that waits.
                var left = s_patience - TimeProvider.System.GetElapsedTime(since);
                if (left <= TimeSpan.Zero) _isSlow = true;
                else Monitor.Wait(_gate, left);
            }

            _settling--;
        }
    }

    /// <summary>The executor is gone: the same, and what was dropped is said too.</summary>
    public async Task EndAsync()
    {
        Say();

        // Off the caller's thread, for this one is blocked by a logger that blocks.
        await Task.Run(Settle).ConfigureAwait(false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (true)
        {
            LogBody line;
            (int TooMany, int TooSlow) dropped;
            bool isLine;
            lock (_gate)
            {
                dropped = TakeDropped();
                isLine = _waiting.TryDequeue(out line);
                if (isLine) _length -= LengthOf(line);
                else if (dropped == default)
                {
                    _writing = _isSlow = false;
                    return;
                }
            }

            try
            {
                if (dropped.TooMany > 0) FlameLog.LinesDroppedHere(log, dropped.TooMany, executor, $"it logs more than {LineBudget.PerSecond} lines a second");
                if (dropped.TooSlow > 0) FlameLog.LinesDroppedHere(log, dropped.TooSlow, executor, "the logger of this process takes them more slowly than they come");
                if (isLine) WriteOne(line);
            }
#pragma warning disable CA1031 // What the application's logger throws must not end the lines that follow.
            catch (Exception)
#pragma warning restore CA1031
            {
            }

            if (isLine) Written();
        }
    }

    private void Written()
    {
        lock (_gate)
        {
            _written++;
            if (_settling > 0) Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Nothing is lost of what nobody wants.</summary>
    private bool IsWanted(in LogBody line)
    {
        try
        {
            return (line.Source == LogBody.OfDropped ? log : output).IsEnabled(ExecutorOutputLog.LevelOf(line));
        }
#pragma warning disable CA1031 // What the application's logger throws must not break the link that is read here.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private static int LengthOf(in LogBody line) => Overhead + line.Category.Length + line.Message.Length + line.Exception.Length;

    private bool TryKeep(in LogBody line)
    {
        // A line that stands for others that its executor dropped goes on standing for them.
        var lines = line.Source == LogBody.OfDropped ? Math.Max(1, line.EventId) : 1;
        if (!_budget.TryTake())
        {
            _tooMany += lines;
            return false;
        }

        if (_length + LengthOf(line) > Room)
        {
            _tooSlow += lines;
            return false;
        }

        _length += LengthOf(line);
        _waiting.Enqueue(line);
        return true;
    }

    private void Say()
    {
        lock (_gate)
        {
            _saying?.Dispose();
            _saying = null;
            if (_tooMany == 0 && _tooSlow == 0) return;
            _sayNow = true;
            Write();
        }
    }

    private void Write()
    {
        if (_writing) return;
        _writing = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    // Only when it is time, and once: a line for each gap in a flood would be a flood.
    private (int TooMany, int TooSlow) TakeDropped()
    {
        if (!_sayNow) return default;
        var dropped = (_tooMany, _tooSlow);
        (_sayNow, _tooMany, _tooSlow) = (false, 0, 0);
        return dropped;
    }

    private void WriteOne(in LogBody line)
    {
        if (line.Source == LogBody.OfDropped) FlameLog.LinesDropped(log, line.EventId, executor, LogText.Line(line.Message));
        else ExecutorOutputLog.Write(output, executor, line);
    }
}
