namespace Flame.Links;

/// <summary>
/// Sees that the thread pool gets on when code that waits by blocking holds all of its threads: a link cannot be read,
/// a call not cancelled, and a timer not heard without one. Gives the pool threads as long as work waits and nothing is
/// done, and takes them back when it has been calm. Used by the watch's thread alone.
/// </summary>
internal sealed class ThreadPoolRelief : IWatched, IThreadPoolWorkItem
{
    /// <summary>Threads beyond those that the application asked for.</summary>
    public const int Most = 1000;

    private const int FewestAtOnce = 4;
    private const int MostAtOnce = 32;
    private const int LooksUntilCalm = 50;
    private const int LooksUntilTold = 5;
    private const int ThreadsPerProcessorWhereSlow = 16;

    private static readonly TimeSpan s_slow = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_late = TimeSpan.FromMilliseconds(2 * ProcessWatch.Interval);
    private static readonly TimeSpan s_untilToldAgain = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time = TimeProvider.System;
    private long _lookedAt;
    private long _completed = -1;
    private long _probedAt;
    private long _toldAt;
    private bool _probing;
    private int _blockedLooks;
    private int _calmLooks;
    private int _minimum;
    private int _set;
    private int _given;

    public static ThreadPoolRelief OfThisProcess { get; } = new();

    /// <summary>The pool has been blocked for a while: how many items wait, and how many threads it has been given. Raised on the pool.</summary>
    public event Action<long, int>? Blocked;

    public void Look()
    {
        var now = _time.GetTimestamp();

        // Where even this thread is late it is the processor that is short, and more threads would not help.
        var late = _time.GetElapsedTime(_lookedAt, now) > s_late;
        _lookedAt = now;
        var waiting = ThreadPool.PendingWorkItemCount;
        if (waiting == 0)
        {
            (_completed, _blockedLooks) = (-1, 0);
            if (_given > 0 && ++_calmLooks >= LooksUntilCalm) TakeBack();
            return;
        }

        _calmLooks = 0;
        var completed = ThreadPool.CompletedWorkItemCount;
        var stands = completed == _completed;
        _completed = completed;
        if (late) return;
        if (stands)
        {
            Give(waiting, Most);
            if (++_blockedLooks >= LooksUntilTold) Tell(now, waiting);
            return;
        }

        if (IsSlow(now)) Give(waiting, ThreadsPerProcessorWhereSlow * Environment.ProcessorCount);
    }

    // The probe was taken.
    void IThreadPoolWorkItem.Execute() => Volatile.Write(ref _probing, false);

    /// <summary>Something is done, but what waits, waits for long.</summary>
    private bool IsSlow(long now)
    {
        if (Volatile.Read(ref _probing)) return _time.GetElapsedTime(_probedAt, now) > s_slow;
        _probedAt = now;
        Volatile.Write(ref _probing, true);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return false;
    }

    private void Give(long waiting, int most)
    {
        ThreadPool.GetMinThreads(out var minimum, out var ports);

        // The application may have set it meanwhile: then it begins anew from there.
        if (_given == 0 || minimum != _set) _minimum = minimum;

        // Those that were given may still be on their way.
        var count = ThreadPool.ThreadCount;
        if (count < minimum) return;
        ThreadPool.GetMaxThreads(out var maximum, out _);
        var wanted = Math.Min(count + (int)Math.Clamp(waiting, FewestAtOnce, MostAtOnce), Math.Min(_minimum + most, maximum));
        if (wanted <= minimum || !ThreadPool.SetMinThreads(wanted, ports)) return;
        _set = wanted;
        _given = wanted - _minimum;
    }

    private void TakeBack()
    {
        ThreadPool.GetMinThreads(out var minimum, out var ports);
        if (minimum == _set) ThreadPool.SetMinThreads(_minimum, ports);
        _given = _calmLooks = 0;
    }

    private void Tell(long now, long waiting)
    {
        if (Blocked is not { } told || (_toldAt != 0 && _time.GetElapsedTime(_toldAt, now) < s_untilToldAgain)) return;
        _toldAt = now;
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.told(state.waiting, state.given), (told, waiting, given: _given), preferLocal: false);
    }
}
