using Flame.Links;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Flame.Tests.Links;

public sealed class HeartbeatTests
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly Queue<IThreadPoolWorkItem> _pool = new();
    private int _beats;
    private int _silences;
    private int _judged;

    [Fact]
    public void Heartbeat_that_was_stopped_beats_no_more()
    {
        var heartbeat = Start();
        heartbeat.Stop();
        Beat(heartbeat);
        Assert.Equal((0, 0), (_beats, _pool.Count));
    }

    [Fact]
    public void Peer_that_gives_no_sign_for_the_allowed_beats_is_silent_at_the_next()
    {
        var heartbeat = Start();
        for (var beat = 1; beat <= Heartbeat.Allowed; beat++)
        {
            Beat(heartbeat);
            RunPool();
            Assert.Equal((beat, 0, beat), (_beats, _silences, _judged));
        }

        Beat(heartbeat);
        RunPool();
        Assert.Equal((Heartbeat.Allowed, 1, Heartbeat.Allowed), (_beats, _silences, _judged));
    }

    [Fact]
    public void Process_that_slept_has_missed_one_beat()
    {
        var heartbeat = Start();
        _time.Advance(TimeSpan.FromDays(1));
        heartbeat.Look();
        heartbeat.Look();
        RunPool();
        Assert.Equal((1, 0), (_beats, _silences));
    }

    [Fact]
    public void Heartbeat_goes_on_beating_while_the_pool_is_blocked_and_blames_nobody()
    {
        var heartbeat = Start();
        for (var beat = 0; beat < 100; beat++) Beat(heartbeat);
        Assert.Equal((100, 0), (_beats, _silences));
        Assert.Equal(0, _judged);

        // What the peer has said meanwhile is read before the turn is over.
        heartbeat.Heard();
        RunPool();
        for (var beat = 0; beat < Heartbeat.Allowed; beat++)
        {
            Beat(heartbeat);
            RunPool();
        }

        Assert.Equal(0, _silences);
    }

    [Fact]
    public void Peer_that_was_silent_all_along_is_found_out_when_the_pool_goes_on()
    {
        var heartbeat = Start();
        for (var beat = 0; beat < 100; beat++) Beat(heartbeat);
        RunPool();
        Assert.Equal(0, _silences);
        heartbeat.Look();
        RunPool();
        Assert.Equal(1, _silences);
    }

    [Fact]
    public void Sign_that_comes_before_the_verdict_is_in_time()
    {
        var heartbeat = Start();
        for (var beat = 0; beat < Heartbeat.Allowed; beat++)
        {
            Beat(heartbeat);
            RunPool();
        }

        Beat(heartbeat);
        heartbeat.Heard();
        RunPool();
        Assert.Equal(0, _silences);
        Beat(heartbeat);
        RunPool();
        Assert.Equal((Heartbeat.Allowed + 1, 0), (_beats, _silences));
    }

    [Fact]
    public void Who_is_asked_says_something_unasked_only_while_it_is_late()
    {
        var heartbeat = Start(onlyWhenLate: true);
        for (var beat = 0; beat < 3; beat++)
        {
            Beat(heartbeat);
            RunPool();
            heartbeat.Heard();
        }

        Assert.Equal(0, _beats);
        for (var beat = 0; beat < 5; beat++) Beat(heartbeat);
        Assert.Equal((4, 0), (_beats, _silences));
    }

    private Heartbeat Start(bool onlyWhenLate = false) =>
        new(_time, s_interval, () => _beats++, () => _silences++, () => _judged++, onlyWhenLate, _pool.Enqueue);

    private void Beat(Heartbeat heartbeat)
    {
        _time.Advance(s_interval);
        heartbeat.Look();
    }

    private void RunPool()
    {
        while (_pool.TryDequeue(out var item)) item.Execute();
    }
}
