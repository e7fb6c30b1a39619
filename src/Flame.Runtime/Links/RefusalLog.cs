using System.Globalization;
using Flame.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Flame.Links;

/// <summary>Why somebody was not let in, as one can count it.</summary>
internal enum RefusalKind
{
    NotExpected,
    WrongToken,
    OtherBuild,
    Late,
    MadeWay,
    Malformed,
}

/// <summary>
/// Tells who was refused: the first of each kind at once and in its own words, those that follow as a number once a minute.
/// Who dials can repeat it as often as he likes, and must not be able to fill a log with it. Thread-safe.
/// </summary>
internal sealed class RefusalLog(ILogger log, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);

    private static readonly string[] s_words =
    [
        "of executors that nobody expects", "with a wrong token", "of another build", "that did not introduce themselves in time",
        "that made way for others", "that did not speak the protocol",
    ];

    private readonly Lock _gate = new();
    private readonly bool[] _told = new bool[s_words.Length];
    private readonly int[] _held = new int[s_words.Length];
    private ITimer? _timer;
    private long _since;
    private int _total;
    private bool _closed;

    /// <summary>Refusals since the start.</summary>
    public int Total => Volatile.Read(ref _total);

    public void Add(RefusalKind kind, string words)
    {
        int total;
        lock (_gate)
        {
            if (_closed) return;
            total = ++_total;
            if (_timer is null) Begin();
            if (_told[(int)kind])
            {
                _held[(int)kind]++;
                return;
            }

            _told[(int)kind] = true;
        }

        FlameLog.Refused(log, LogText.Line(words), total);
    }

    public void Dispose()
    {
        Sum(isLast: true);
    }

    private void Begin()
    {
        _since = time.GetTimestamp();
        _timer = time.CreateTimer(static log => ((RefusalLog)log!).Sum(isLast: false), this, s_interval, Timeout.InfiniteTimeSpan);
    }

    private void Sum(bool isLast)
    {
        int count, total;
        string reasons;
        TimeSpan span;
        lock (_gate)
        {
            if (_closed || _timer is null)
            {
                _closed |= isLast;
                return;
            }

            _timer.Dispose();
            _timer = null;
            _closed = isLast;
            total = _total;
            count = _held.Sum();
            span = time.GetElapsedTime(_since);
            reasons = string.Join(", ", s_words.Zip(_held).Where(s => s.Second > 0).Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Second} {s.First}")));

            // A kind that goes on stays a number; one that has stopped is told at once when it comes again.
            for (var kind = 0; kind < _held.Length; kind++) (_told[kind], _held[kind]) = (_held[kind] > 0, 0);
            if (count > 0 && !isLast) Begin();
        }

        if (count > 0) FlameLog.RefusedMore(log, count, span.TotalSeconds, total, reasons);
    }
}
