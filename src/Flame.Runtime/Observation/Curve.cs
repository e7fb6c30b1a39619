namespace Flame.Observation;

/// <summary>
/// The numbers of one call. Of a long curve every second point is dropped whenever it is full, and from then on every second that comes: it stays a
/// curve from beginning to end, and bounded. Thread-safe.
/// </summary>
internal sealed class Curve(CurveClock clock)
{
    public const int MostPoints = 2_000;

    private readonly Lock _gate = new();
    private readonly List<Point> _points = [];
    private long _count;
    private int _stride = 1;
    private long _thinnedAt;

    public void Add(double? x, double y)
    {
        lock (_gate)
        {
            var place = x ?? _count;
            if (_count++ % _stride != 0) return;
            _points.Add(new Point(clock.Next(), place, y));
            if (_points.Count < MostPoints) return;
            var kept = 0;
            for (var i = 0; i < _points.Count; i += 2) _points[kept++] = _points[i];
            _points.RemoveRange(kept, _points.Count - kept);
            _stride *= 2;
            _thinnedAt = clock.Next();
        }
    }

    /// <summary>What came after one moment and not after another; <see langword="null"/>: nothing.</summary>
    public CurveView? Between(string call, long after, long until)
    {
        lock (_gate)
        {
            var whole = _thinnedAt > after;
            var first = whole || after == 0 ? 0 : _points.FindIndex(point => point.At > after);
            if (first < 0) return null;
            var numbers = new List<double>((_points.Count - first) * 2);
            for (var i = first; i < _points.Count && _points[i].At <= until; i++)
            {
                numbers.Add(_points[i].X);
                numbers.Add(_points[i].Y);
            }

            return numbers.Count == 0 ? null : new CurveView(call, [.. numbers], whole || after == 0);
        }
    }

    private readonly record struct Point(long At, double X, double Y);
}

/// <summary>Counts what comes to all curves of a process, so that one number says what a page has.</summary>
internal sealed class CurveClock
{
    private long _now;

    public long Now => Volatile.Read(ref _now);

    public long Next() => Interlocked.Increment(ref _now);
}
