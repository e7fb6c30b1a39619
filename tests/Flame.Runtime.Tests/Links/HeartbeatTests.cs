using Flame.Links;
using Xunit;

namespace Flame.Tests.Links;

public sealed class HeartbeatTests
{
    [Fact]
    public void Heartbeat_that_was_stopped_beats_no_more()
    {
        var clock = new OneTimer();
        var beats = 0;
        var heartbeat = new Heartbeat(clock, TimeSpan.FromSeconds(5), () => beats++, () => { });
        heartbeat.Stop();
        ((IThreadPoolWorkItem)heartbeat).Execute();
        Assert.Equal((0, 0), (beats, clock.Changes));
    }

    [Fact]
    public void Heartbeat_never_disposes_its_timer_while_it_sets_it()
    {
        var clock = new OneTimer();
        var heartbeat = new Heartbeat(clock, TimeSpan.FromSeconds(5), () => { }, () => { });
        var stop = new Thread(heartbeat.Stop);
        var disposedMeanwhile = false;
        clock.OnChange = () =>
        {
            stop.Start();
            SpinWait.SpinUntil(() => clock.Disposed || stop.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
            disposedMeanwhile = clock.Disposed;
        };
        ((IThreadPoolWorkItem)heartbeat).Execute();
        stop.Join();
        Assert.Equal((false, true), (disposedMeanwhile, clock.Disposed));
    }

    /// <summary>A clock whose timer never fires, and says what is done to it.</summary>
    private sealed class OneTimer : TimeProvider, ITimer
    {
        public int Changes { get; private set; }

        public bool Disposed { get; private set; }

        public Action? OnChange { get; set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => this;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Changes++;
            OnChange?.Invoke();
            return true;
        }

        public void Dispose() => Disposed = true;

        public ValueTask DisposeAsync() => default;
    }
}
