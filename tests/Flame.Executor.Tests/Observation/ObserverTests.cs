using Flame.Executor.Tests.InProcess;
using Flame.Executor.Tests.Live;
using Flame.Observation;

namespace Flame.Executor.Tests.Observation;

/// <summary>What a page or a terminal sees of the pools of a process.</summary>
public sealed class ObserverTests
{
    [Fact]
    public async Task Nobody_who_looks_means_that_nothing_is_watched()
    {
        await using var pool = InProcessPool.Start();
        Assert.Equal(9, await Work.SquareAsync(3, InProcessPool.Patience));
        Assert.Null(pool.Pools["test"].Observer);
        Assert.Empty(pool.Pools.Observe().Calls(new CallFilter()));
    }

    [Fact]
    public async Task Call_is_seen_with_where_its_time_went()
    {
        await using var pool = InProcessPool.Start();
        var observer = pool.Pools.Observe();
        var call = Reporting.CountAndWaitAsync(0, "end", pool.Gates, new Progress<int>(), InProcessPool.Patience);
        await pool.Gates["end"].Entered;
        pool.Time.Advance(TimeSpan.FromSeconds(3));
        var running = Assert.Single(observer.Calls(new CallFilter()));
        Assert.True(running is { State: "running", Executor: "test/1", Method: "Reporting.CountAndWaitAsync", Pool: "test", IsWhole: true, Seconds: 3 });
        pool.Gates["end"].Open();
        await call;
        var ended = observer.Call(running.Id)!;
        Assert.True(ended is { State: "succeeded", Seconds: 3, Error: null });
        Assert.Equal(("run", 3.0, "test/1"), ended.Phases.Select(phase => (phase.Name, phase.Seconds, phase.Note)).Last());
        Assert.Equal(["enter"], ended.Boot.Select(part => part.Name));
        await pool.UntilAsync(stats => stats.Running == 0);
        Assert.True(observer.Look().Pools.Single(view => view.Name == "test") is { Succeeded: 1, Failed: 0, Cancelled: 0, Running: 0, Backend: "in-process" });
    }

    [Fact]
    public async Task Calls_that_were_under_way_or_waited_are_seen_from_the_first_look_on()
    {
        await using var pool = InProcessPool.Start(options => options.Max = 1);
        var running = Reporting.CountAndWaitAsync(0, "first", pool.Gates, new Progress<int>(), InProcessPool.Patience);
        await pool.Gates["first"].Entered;
        var waiting = Reporting.CountAndWaitAsync(0, "second", pool.Gates, new Progress<int>(), InProcessPool.Patience);
        await pool.UntilAsync(stats => stats.Waiting == 1);
        var observer = pool.Pools.Observe();
        Assert.Equal([("queued", false), ("running", false)], observer.Calls(new CallFilter()).Select(call => (call.State, call.IsWhole)).Order());
        Assert.Single(observer.Calls(new CallFilter(State: "queued")));
        pool.Gates["first"].Open();
        pool.Gates["second"].Open();
        await Task.WhenAll(running, waiting);
        Assert.Equal(["succeeded", "succeeded"], observer.Calls(new CallFilter()).Select(call => call.State));
        await pool.UntilAsync(stats => stats.Running == 0);
        Assert.Equal(2, observer.Costs().Single(cost => cost.Method == "Reporting.CountAndWaitAsync").Calls);
    }

    [Fact]
    public async Task Cancelled_from_outside_is_that_call_and_only_that_and_its_slot_is_free_again()
    {
        await using var pool = InProcessPool.Start(options => (options.Max, options.MaxConcurrency) = (1, 2));
        var observer = pool.Pools.Observe();
        var first = Reporting.CountAndWaitAsync(0, "first", pool.Gates, new Progress<int>(), InProcessPool.Patience);
        await pool.Gates["first"].Entered;
        var second = Reporting.CountAndWaitAsync(1, "second", pool.Gates, new Progress<int>(), InProcessPool.Patience);
        await pool.Gates["second"].Entered;
        var id = observer.Calls(new CallFilter()).Last().Id;
        Assert.True(observer.Cancel(id));
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.StartsWith("FLM2021", error.Message, StringComparison.Ordinal);
        await pool.UntilAsync(stats => stats.Running == 1);
        Assert.True(pool.Gates["first"].Cancelled);
        Assert.False(second.IsCompleted || observer.Cancel(id) || observer.Cancel("77") || observer.Cancel("x"));
        Assert.Equal("cancelled", observer.Call(id)!.State);
        pool.Gates["second"].Open();
        Assert.Equal(1, await second);
    }

    [Fact]
    public async Task Call_that_waits_can_be_cancelled_from_outside_too()
    {
        await using var pool = InProcessPool.Start(options => options.Max = 1);
        var observer = pool.Pools.Observe();
        var running = Reporting.CountAndWaitAsync(0, "first", pool.Gates, new Progress<int>(), InProcessPool.Patience);
        await pool.Gates["first"].Entered;
        var waiting = Work.SquareAsync(3, InProcessPool.Patience);
        Assert.True(observer.Cancel(observer.Calls(new CallFilter(State: "queued")).Single().Id));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, pool.Stats.Waiting);
        pool.Gates["first"].Open();
        await running;
    }

    [Fact]
    public async Task Failed_calls_are_kept_apart_from_a_flood_of_good_ones()
    {
        await using var pool = InProcessPool.Start();
        var observer = pool.Pools.Observe();
        await Assert.ThrowsAsync<InvalidDataException>(() => Work.FailAsync("no such file"));
        for (var i = 0; i < WatchedCalls.Kept + 10; i++) await Work.SquareAsync(i, InProcessPool.Patience);
        var failed = Assert.Single(observer.Calls(new CallFilter("TEST", "failed")));
        Assert.Equal("InvalidDataException: no such file", failed.Error);
        Assert.Equal(WatchedCalls.Kept + 1, observer.Calls(new CallFilter(Most: int.MaxValue)).Length);
        Assert.Equal(5, observer.Calls(new CallFilter(Most: 5)).Length);
        Assert.Empty(observer.Calls(new CallFilter("other")));
    }

    [Fact]
    public async Task Executor_that_ended_is_seen_with_how_it_did()
    {
        await using var pool = InProcessPool.Start();
        var observer = pool.Pools.Observe();
        await Work.SquareAsync(3, InProcessPool.Patience);
        await pool.UntilAsync(stats => stats.Running == 0);
        Assert.True(Executors() is [{ Name: "test/1", State: "idle", ExitReason: null }]);
        pool.Time.Advance(TimeSpan.FromSeconds(31));
        await pool.UntilAsync(_ => Executors() is [{ State: "gone" }]);
        var gone = Executors().Single();
        Assert.Equal("in-process executor test/1 ended after its last call", gone.ExitReason);
        Assert.NotNull(gone.EndedAt);

        ExecutorView[] Executors() => observer.Look().Pools.Single(view => view.Name == "test").Executors;
    }

    [Fact]
    public async Task Each_second_of_a_pool_is_kept_for_ten_minutes()
    {
        await using var pool = InProcessPool.Start(options => options.Max = 3);
        var observer = pool.Pools.Observe();
        var call = Reporting.CountAndWaitAsync(0, "end", pool.Gates, new Progress<int>(), InProcessPool.Patience);
        await pool.Gates["end"].Entered;
        pool.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([(0, 3), (1, 3), (1, 3)], observer.HistoryOf("test").Select(moment => (moment.Busy, moment.Max)));
        pool.Gates["end"].Open();
        await call;
        for (var i = 0; i < PoolHistory.Kept; i++) pool.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(PoolHistory.Kept, observer.HistoryOf("test").Length);
        Assert.Equal(0, observer.HistoryOf("test")[^1].Busy);
        Assert.Empty(observer.HistoryOf("none"));
    }

    [Fact]
    public async Task Views_travel_as_text_and_come_back()
    {
        await using var pool = InProcessPool.Start();
        var observer = pool.Pools.Observe();
        await Work.SquareAsync(3, InProcessPool.Patience);
        var text = System.Text.Json.JsonSerializer.Serialize(observer.Look(), ViewJson.Default.ProcessView);
        Assert.Contains("\"name\":\"test\"", text, StringComparison.Ordinal);
        Assert.Equal(Environment.ProcessId, System.Text.Json.JsonSerializer.Deserialize(text, ViewJson.Default.ProcessView)!.Process);
    }
}
