namespace Flame.EndToEnd.Tests.Calls;

/// <summary>The system's clock, with timers that fire after another time than they were asked for; <see langword="null"/>: never.</summary>
internal sealed class OddTime(double? factor) : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new OddTimer(base.CreateTimer(callback, state, Odd(dueTime), Odd(period)), Odd);

    private TimeSpan Odd(TimeSpan asked) =>
        asked == Timeout.InfiniteTimeSpan || factor is null ? Timeout.InfiniteTimeSpan : asked * factor.Value;

    private sealed class OddTimer(ITimer timer, Func<TimeSpan, TimeSpan> odd) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(odd(dueTime), odd(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
