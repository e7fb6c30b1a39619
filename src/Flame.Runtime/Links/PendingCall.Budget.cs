namespace Flame.Links;

// The time that its execution may take.
internal abstract partial class PendingCall
{
    private ITimer? _timer;
    private TimeProvider? _timerTime;
    private long _dueAt;

    private void StartBudget()
    {
        if (Budget == Timeout.InfiniteTimeSpan)
        {
            _dueAt = long.MaxValue;
            return;
        }

        _dueAt = Pool.Now + Budget.Ticks;
        TimerOf(Pool.Time).Change(Budget, Timeout.InfiniteTimeSpan);
    }

    // The object may serve pools of several clocks in its life.
    private ITimer TimerOf(TimeProvider time)
    {
        if (_timer is not null && _timerTime == time) return _timer;
        _timer?.Dispose();
        _timerTime = time;
        return _timer = time.CreateTimer(static call => ((PendingCall)call!).Overdue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void Overdue()
    {
        // The object is used again by later calls, so a timer that fired late for an earlier one means nothing. It may
        // also fire a little early, its clock being coarser than ours: then the rest is waited for.
        var left = _dueAt - Pool.Now;
        if (left > 0)
        {
            if (_dueAt != long.MaxValue) _timer?.Change(TimeSpan.FromTicks(Math.Max(left, TimeSpan.TicksPerMillisecond)), Timeout.InfiniteTimeSpan);
            return;
        }

        if (Link is not { } link || HasCallerEnded) return;
        var reason = FlameErrors.ExecutionTimeout(Pool.Name, link.Name, this);
        if (!TryEndCaller(reason)) return;
        Interlocked.Increment(ref _parties);
        Fail(reason);
        link.Cancel(this);
        Left();
    }
}
