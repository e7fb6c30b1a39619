using System.Collections.Concurrent;
using Flame.Links;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Flame.Tests.Links;

/// <summary>How many strangers a door bears and for how long, and how often it says so.</summary>
public sealed class DoorTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly Lines _log = new();

    [Fact]
    public void The_one_who_has_waited_longest_makes_way_when_there_are_too_many()
    {
        var all = new Newcomers(_time, s_patience);
        var came = Enumerable.Range(0, Newcomers.Strangers + 3).Select(_ => all.Enter()).ToArray();

        Assert.All(came[..3], n => Assert.Equal(RefusalKind.MadeWay, n.Fate));
        Assert.All(came[3..], n => Assert.Null(n.Fate));
        Assert.Equal(Newcomers.Strangers, all.Count);
    }

    [Fact]
    public void Executors_that_are_expected_have_room_besides_the_strangers()
    {
        var all = new Newcomers(_time, s_patience);
        all.Expect(500);

        var came = Enumerable.Range(0, Newcomers.Strangers + 500).Select(_ => all.Enter()).ToArray();

        Assert.All(came, n => Assert.Null(n.Fate));
    }

    [Fact]
    public void Time_counts_from_the_first_moment_and_nothing_renews_it()
    {
        var all = new Newcomers(_time, s_patience);
        using var newcomer = all.Enter();

        _time.Advance(s_patience - TimeSpan.FromMilliseconds(1));
        Assert.Null(newcomer.Fate);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(RefusalKind.Late, newcomer.Fate);
    }

    [Fact]
    public void One_who_stays_makes_way_for_nobody_and_one_who_is_in_has_all_the_time()
    {
        var all = new Newcomers(_time, s_patience);
        var (stays, isIn) = (all.Enter(), all.Enter());
        stays.Stay();
        isIn.Dispose();
        var fired = 0;
        stays.CutOff.Register(() => fired++);
        for (var i = 0; i < 2 * Newcomers.Strangers; i++) all.Enter();

        Assert.Null(stays.Fate);
        _time.Advance(s_patience);

        Assert.Equal((1, RefusalKind.Late), (fired, stays.Fate));
        Assert.Null(isIn.Fate);
    }

    [Fact]
    public void First_of_each_kind_is_told_at_once_and_the_rest_once_a_minute()
    {
        using var refusals = new RefusalLog(_log, _time);
        refusals.Add(RefusalKind.WrongToken, "FLM2103: the token");
        for (var i = 0; i < 10_000; i++) refusals.Add(RefusalKind.WrongToken, "FLM2103: the token");
        refusals.Add(RefusalKind.Late, "it was late");
        refusals.Add(RefusalKind.Late, "it was late");

        Assert.Equal(["FLM3010 a connection was refused (1 so far): FLM2103: the token", "FLM3010 a connection was refused (10002 so far): it was late"], _log.Told);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(
            "FLM3015 10001 more connections were refused within 60 s (10003 so far): 10000 with a wrong token, 1 that did not introduce themselves in time",
            _log.Told[2]);
    }

    [Fact]
    public void What_goes_on_stays_a_number_and_what_had_stopped_is_told_again()
    {
        using var refusals = new RefusalLog(_log, _time);
        for (var minute = 0; minute < 3; minute++)
        {
            for (var i = 0; i < 5; i++) refusals.Add(RefusalKind.Malformed, "garbage");
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(1, _log.Told.Count(line => line.StartsWith("FLM3010", StringComparison.Ordinal)));
        Assert.Equal(3, _log.Told.Count(line => line.StartsWith("FLM3015", StringComparison.Ordinal)));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(4, _log.Told.Length);

        refusals.Add(RefusalKind.Malformed, "garbage");

        Assert.Equal("FLM3010 a connection was refused (16 so far): garbage", _log.Told[4]);
    }

    [Fact]
    public void What_is_not_told_yet_is_told_at_the_end()
    {
        var refusals = new RefusalLog(_log, _time);
        refusals.Add(RefusalKind.NotExpected, "nobody");
        refusals.Add(RefusalKind.NotExpected, "nobody");
        _time.Advance(TimeSpan.FromSeconds(5));

        refusals.Dispose();
        refusals.Add(RefusalKind.NotExpected, "nobody");
        refusals.Dispose();
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal("FLM3015 1 more connections were refused within 5 s (2 so far): 1 of executors that nobody expects", _log.Told[1]);
        Assert.Equal(2, _log.Told.Length);
    }

    private sealed class Lines : ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public string[] Told => [.. _lines];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue(formatter(state, exception));
    }
}
