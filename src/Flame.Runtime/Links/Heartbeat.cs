namespace Flame.Links;

/// <summary>
/// Finds out that nobody is there any more, where no connection says so. Counts beats without a sign of the peer, not
/// time: a process that slept, or a clock that was set ahead, has missed one beat, however long it was.
/// </summary>
internal sealed class Heartbeat : IThreadPoolWorkItem
{
    /// <summary>Beats that may pass without a sign.</summary>
    public const int Allowed = 3;

    private readonly TimeSpan _interval;
    private readonly Action? _beat;
    private readonly Action _silent;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private bool _stopped;
    private int _missed;

    /// <param name="time">The clock.</param>
    /// <param name="interval">Between two beats.</param>
    /// <param name="beat">Asks the peer for a sign; <see langword="null"/> where the peer asks.</param>
    /// <param name="silent">Called once, when the peer is silent.</param>
    public Heartbeat(TimeProvider time, TimeSpan interval, Action? beat, Action silent)
    {
        (_interval, _beat, _silent) = (interval, beat, silent);

        // Armed again by each beat, when it is handled: beats never pile up.
        _timer = time.CreateTimer(
            static heartbeat => ThreadPool.UnsafeQueueUserWorkItem((Heartbeat)heartbeat!, preferLocal: false), this, interval, Timeout.InfiniteTimeSpan);
    }

    public void Heard() => Volatile.Write(ref _missed, 0);

    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            _timer.Dispose();
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (Interlocked.Increment(ref _missed) > Allowed)
        {
            _silent();
            return;
        }

        // Armed first: where the peer has been asked, the next beat is set. Never while it is disposed: the timer of a
        // fake clock would be left armed with nothing to call, and whoever advances that clock would hear of it.
        lock (_gate)
        {
            if (_stopped) return;
            _timer.Change(_interval, Timeout.InfiniteTimeSpan);
        }

        _beat?.Invoke();
    }
}
