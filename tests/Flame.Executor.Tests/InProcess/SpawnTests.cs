namespace Flame.Executor.Tests.InProcess;

public sealed class SpawnTests
{
    [Fact]
    public async Task Spawned_call_tells_where_it_is_and_can_be_awaited_more_than_once()
    {
        await using var pool = InProcessPool.Start();
        var hold = pool.Backend.HoldBoots();
        var call = Work.Spawn.WaitAgainAsync("spawned");
        Assert.Equal((FlameCallStatus.Queued, null, "test", "Work.WaitAgainAsync"), (call.Status, call.Executor, call.Pool, call.Method));
        hold.Dispose();
        await pool.Gates["spawned"].Entered;
        Assert.Equal((FlameCallStatus.Running, "test/1"), (call.Status, call.Executor));
        pool.Gates["spawned"].Open();
        Assert.Equal("spawned", await call);
        Assert.Equal("spawned", await call.AsTask());
        Assert.Equal((FlameCallStatus.Succeeded, "test/1"), (call.Status, call.Executor));
    }

    [Fact]
    public async Task Methods_of_objects_and_without_a_result_can_be_spawned()
    {
        await using var pool = InProcessPool.Start();
        FlameCall without = Work.Spawn.WaitAsync("without");
        var ofObject = new CallScope(new Disposals()).Spawn.WaitHereAsync("here");
        pool.Gates["without"].Open();
        pool.Gates["here"].Open();
        await without;
        Assert.NotEqual(Guid.Empty, await ofObject);
        Assert.NotEqual(without.Id, ofObject.Id);
        Assert.All(without.Id, c => Assert.True(char.IsAsciiLetterOrDigit(c)));
    }

    [Fact]
    public async Task What_a_spawned_call_throws_is_thrown_where_it_is_awaited()
    {
        await using var pool = InProcessPool.Start(o => o.MaxPayloadSize = 1024);
        var failing = Work.Spawn.FailAsync("the file is empty");
        Assert.Equal("the file is empty", (await Assert.ThrowsAsync<InvalidDataException>(() => failing.AsTask())).Message);
        var unsent = Work.Spawn.AppendAsync([.. new int[1024]]);
        Assert.Equal((FlameCallStatus.Failed, null), (unsent.Status, unsent.Executor));
        await Assert.ThrowsAsync<PayloadException>(async () => await unsent);
        Assert.Equal((FlameCallStatus.Failed, "test/1"), (failing.Status, failing.Executor));
        Assert.Same(unsent, pool.Pools.FindCall(unsent.Id));
    }

    [Fact]
    public async Task Spawned_call_whose_result_cannot_be_read_fails_and_nothing_else_does()
    {
        await using var pool = InProcessPool.Start(o => o.MaxConcurrency = 2);
        var other = Work.Spawn.WaitAgainAsync("other");
        await pool.Gates["other"].Entered;

        var call = Unreadable.Spawn.MakeAsync();

        var error = await Assert.ThrowsAnyAsync<Exception>(() => call.AsTask().WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.IsNotType<TimeoutException>(error);
        Assert.Equal(FlameCallStatus.Failed, call.Status);
        pool.Gates["other"].Open();
        Assert.Equal("other", await other);
        Assert.Equal("test/1", Assert.Single(pool.Backend.Alive));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Spawned_call_can_be_cancelled_while_it_runs(bool byToken)
    {
        await using var pool = InProcessPool.Start();
        using var cancel = new CancellationTokenSource();
        var call = Work.Spawn.WaitAsync("running", byToken ? cancel.Token : default);
        await pool.Gates["running"].Entered;
        if (byToken) await cancel.CancelAsync();
        else call.Cancel();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await call);
        if (byToken) Assert.Equal(cancel.Token, error.CancellationToken);
        Assert.Equal((FlameCallStatus.Cancelled, "test/1"), (call.Status, call.Executor));
        await pool.UntilAsync(stats => stats.Running == 0);
        Assert.True(pool.Gates["running"].Cancelled);
        call.Cancel();
        Assert.Equal(FlameCallStatus.Cancelled, call.Status);
    }

    [Fact]
    public async Task Spawned_call_can_be_cancelled_while_it_waits_and_never_runs()
    {
        await using var pool = InProcessPool.Start(o => o.Max = 1);
        var first = Work.Spawn.WaitAsync("first");
        await pool.Gates["first"].Entered;
        var second = Work.Spawn.WaitAsync("second");
        second.Cancel();
        Assert.Equal((FlameCallStatus.Cancelled, null), (second.Status, second.Executor));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await second);
        pool.Gates["first"].Open();
        await first;
        first.Cancel();
        Assert.Equal(FlameCallStatus.Succeeded, first.Status);
        Assert.False(pool.Gates["second"].HasEntered);
    }

    [Fact]
    public async Task Lost_executor_fails_a_spawned_call_and_one_that_may_run_again_waits_and_does()
    {
        await using var pool = InProcessPool.Start(o => o.MaxConcurrency = 2);
        var once = Work.Spawn.WaitAsync("once");
        var again = Work.Spawn.WaitAgainAsync("again");
        await pool.Gates["once"].Entered;
        await pool.Gates["again"].Entered;
        pool.Backend.Lose("test/1");
        await Assert.ThrowsAsync<ExecutorLostException>(async () => await once);
        await pool.UntilAsync(stats => stats.Count == 0);
        Assert.Equal((FlameCallStatus.Failed, FlameCallStatus.Queued), (once.Status, again.Status));
        Assert.Null(again.Executor);
        pool.Gates["again"].Open();
        pool.Time.Advance(TimeSpan.FromSeconds(1));
        await again;
        Assert.Equal("test/2", again.Executor);
    }

    [Fact]
    public async Task Spawned_call_is_found_while_it_runs_and_for_its_time_afterwards()
    {
        await using var pool = InProcessPool.Start(o => o.MaxConcurrency = 2);
        var kept = Work.Spawn.WaitAsync("kept");
        var dropped = Work.Spawn.With(new() { KeepFor = TimeSpan.Zero }).WaitAsync("dropped");
        Assert.Same(kept, pool.Pools.FindCall(kept.Id));
        Assert.Same(dropped, pool.Pools.FindCall(dropped.Id));
        await EndAsync(dropped, "dropped");
        await EndAsync(kept, "kept");
        while (pool.Pools.FindCall(dropped.Id) is not null) await Task.Yield();

        // That it has ended is noted a moment after its caller knows.
        while (pool.Pools.Spawned.EndedCount == 0) await Task.Yield();
        pool.Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        Assert.Same(kept, pool.Pools.FindCall(kept.Id));
        pool.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(pool.Pools.FindCall(kept.Id));
        Assert.Null(pool.Pools.FindCall("nobody"));

        async Task EndAsync(FlameCall call, string gate)
        {
            pool.Gates[gate].Open();
            await call;
        }
    }

    [Fact]
    public async Task Ended_calls_are_bounded_and_the_first_to_end_is_forgotten_first()
    {
        await using var pool = InProcessPool.Start(o => o.MaxConcurrency = 1000);
        var keep = new FlameCallOptions { KeepFor = Timeout.InfiniteTimeSpan };
        var running = Work.Spawn.With(keep).WaitAsync("running");
        var first = Work.Spawn.With(keep).FailAsync("first");
        await Assert.ThrowsAsync<InvalidDataException>(async () => await first);
        for (var i = 0; i < SpawnedCalls.MostEnded; i++) await Work.Spawn.With(keep).AppendAsync([]);
        while (pool.Pools.FindCall(first.Id) is not null) await Task.Yield();
        Assert.Same(running, pool.Pools.FindCall(running.Id));
    }

    [Fact]
    public async Task Drain_ends_spawned_calls_as_any_others()
    {
        var pool = InProcessPool.Start(o => o.Max = 1);
        var running = Work.Spawn.WaitAsync("last");
        await pool.Gates["last"].Entered;
        var waiting = Work.Spawn.AppendAsync([]);
        var drained = pool.Pools.DisposeAsync();
        await Assert.ThrowsAsync<PoolDrainingException>(async () => await waiting);
        var late = Work.Spawn.AppendAsync([]);
        await Assert.ThrowsAsync<PoolDrainingException>(async () => await late);
        Assert.Equal(FlameCallStatus.Running, running.Status);
        pool.Gates["last"].Open();
        await running;
        await drained;
        Assert.Null(pool.Pools.FindCall(running.Id));
        running.Cancel();
        Assert.Equal(FlameCallStatus.Succeeded, running.Status);
    }

    [Fact]
    public async Task Whoever_cancels_while_it_ends_gets_one_end()
    {
        await using var pool = InProcessPool.Start(o => o.MaxConcurrency = 8);
        for (var i = 0; i < 500; i++)
        {
            var call = Work.Spawn.AppendAsync([]);
            await Task.WhenAny(Task.WhenAll(Task.Run(call.Cancel), Task.Run(call.Cancel)), call.AsTask());
            await Task.WhenAny(call.AsTask());
            Assert.Contains(call.Status, (FlameCallStatus[])[FlameCallStatus.Succeeded, FlameCallStatus.Cancelled]);
        }

        await pool.UntilAsync(stats => stats is { Running: 0, Waiting: 0 });
    }
}
