namespace Flame.Model;

/// <summary>The time of a run. It passes when nobody has anything to do, and in hasty runs whenever it likes.</summary>
internal sealed class ModelClock(World world) : TimeProvider
{
    private readonly List<ModelTimer> _armed = [];
    private long _now = TimeSpan.TicksPerHour;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public bool HasTimer => _armed.Count > 0;

    public string Said => TimeSpan.FromTicks(_now - TimeSpan.TicksPerHour).ToString("c");

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(_now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ModelTimer(this, world.NewId(), callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Goes to the next instant at which something is due, and lets it begin.</summary>
    public bool Advance()
    {
        ModelTimer? next = null;
        foreach (var timer in _armed)
        {
            if (next is null || timer.Due < next.Due) next = timer;
        }

        if (next is null) return false;
        _now = Math.Max(_now, next.Due);
        _armed.Remove(next);
        world.Post(next.NextId(), "a timer", next.Fire);
        return true;
    }

    private sealed class ModelTimer(ModelClock clock, ulong id, TimerCallback callback, object? state) : ITimer
    {
        private bool _disposed;
        private ulong _fired;

        public long Due { get; private set; }

        public ulong NextId() => Choices.Mixed(id ^ ++_fired);

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock._armed.Remove(this);
            if (_disposed) return false;
            if (dueTime < TimeSpan.Zero) return true;
            Due = clock._now + dueTime.Ticks;
            clock._armed.Add(this);
            return true;
        }

        public void Dispose()
        {
            _disposed = true;
            clock._armed.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
