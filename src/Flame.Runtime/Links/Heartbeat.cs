namespace Flame.Links;

/// <summary>
/// Finds out that nobody is there any more, where no connection says so. Counts beats without a sign of the peer, not
/// time: a process that slept, or a clock that was set ahead, has missed one beat, however long it was. Beats on the
/// thread of <see cref="ProcessWatch"/>, and holds silence against the peer only where this side was able to hear: a
/// thread pool that is blocked here leaves what the peer says unread.
/// </summary>
internal sealed class Heartbeat : IWatched
{
    /// <summary>Beats that may pass without a sign.</summary>
    public const int Allowed = 3;

    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly Action _beat;
    private readonly bool _onlyWhenLate;
    private readonly Action _silent;
    private readonly Action? _judged;
    private readonly PoolTurn _turn;
    private long _lastBeat;
    private int _missed;
    private int _unjudged;
    private bool _heard;
    private bool _turning;
    private bool _suspects;
    private bool _stopped;

    /// <param name="time">The clock.</param>
    /// <param name="interval">Between two beats.</param>
    /// <param name="beat">Asks the peer for a sign, or gives one. Called on the watch's thread.</param>
    /// <param name="silent">Called once, when the peer is silent. On a thread of the pool.</param>
    /// <param name="judged">Called after each beat that was judged, and found no silence: what had come by then has been seen. On a thread of the pool.</param>
    /// <param name="onlyWhenLate">Whether it beats only while this side is too late to answer: then the peer is who asks.</param>
    /// <param name="queue">Another pool than that of the process.</param>
    public Heartbeat(TimeProvider time, TimeSpan interval, Action beat, Action silent, Action? judged = null, bool onlyWhenLate = false, Action<IThreadPoolWorkItem>? queue = null)
    {
        (_time, _interval, _beat, _silent, _judged, _onlyWhenLate) = (time, interval, beat, silent, judged, onlyWhenLate);
        _lastBeat = time.GetTimestamp();
        _turn = new PoolTurn(Turned, queue);
    }

    public void Start() => ProcessWatch.OfThisProcess.Add(this);

    public void Stop()
    {
        Volatile.Write(ref _stopped, true);
        ProcessWatch.OfThisProcess.Remove(this);
    }

    /// <summary>There was a sign of the peer. Cheap: called for every run of frames.</summary>
    public void Heard() => Volatile.Write(ref _heard, true);

    public void Look()
    {
        if (Volatile.Read(ref _stopped)) return;

        // In this order: what was heard before the turn was over has been noted before.
        var turning = Volatile.Read(ref _turning);
        if (Volatile.Read(ref _heard))
        {
            Volatile.Write(ref _heard, false);
            _missed = _unjudged = 0;
        }

        var due = _time.GetElapsedTime(_lastBeat) >= _interval;
        if (due)
        {
            _lastBeat = _time.GetTimestamp();
            _unjudged++;
        }

        if (_unjudged > 0 && !turning) Judge();
        if (due && !_suspects && (turning || !_onlyWhenLate)) _beat();
    }

    private void Judge()
    {
        _missed += _unjudged;
        _unjudged = 0;

        // One more turn before the verdict: the sign may be on its way through the pool.
        Volatile.Write(ref _suspects, _missed > Allowed);
        Volatile.Write(ref _turning, true);
        _turn.Begin();
    }

    private void Turned()
    {
        if (Volatile.Read(ref _suspects) && !Volatile.Read(ref _heard) && !Volatile.Read(ref _stopped))
        {
            _silent();
            return;
        }

        if (!Volatile.Read(ref _stopped)) _judged?.Invoke();
        Volatile.Write(ref _suspects, false);
        Volatile.Write(ref _turning, false);
    }
}
