namespace Flame.Telemetry;

/// <summary>For how long the executors of one pool have existed, those that are gone included. Thread-safe.</summary>
internal sealed class ExecutorTime(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _ended;
    private TimeSpan _madeAt; // the sum over those that exist
    private int _count;

    public TimeSpan Total
    {
        get
        {
            lock (_gate) return _ended + (Now * _count) - _madeAt;
        }
    }

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>One was made.</summary>
    /// <returns>When; <see cref="Gone"/> wants it back.</returns>
    public TimeSpan Made()
    {
        lock (_gate)
        {
            var now = Now;
            _count++;
            _madeAt += now;
            return now;
        }
    }

    public void Gone(TimeSpan madeAt)
    {
        lock (_gate)
        {
            _count--;
            _madeAt -= madeAt;
            _ended += Now - madeAt;
        }
    }
}
