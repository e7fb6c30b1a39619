namespace Flame.Executor.Tests.InProcess;

public sealed class CallTests
{
    [Fact]
    public async Task Arguments_and_results_travel_and_are_not_shared()
    {
        await using var pool = InProcessPool.Start();
        var numbers = new List<int> { 0, 1 };
        var answer = await Work.AppendAsync(numbers);
        Assert.Equal([0, 1], numbers);
        Assert.Equal([0, 1, 2], answer);
    }

    [Fact]
    public async Task Items_arrive_in_order()
    {
        await using var pool = InProcessPool.Start();
        var items = await Work.CountAsync(500, InProcessPool.Patience).ToListAsync(InProcessPool.Patience);
        Assert.Equal(Enumerable.Range(0, 500), items);
    }

    [Fact]
    public async Task Cast_returns_before_its_method_has_run()
    {
        await using var pool = InProcessPool.Start();
        await Work.Cast.WaitAsync("cast", InProcessPool.Patience);
        await pool.Gates["cast"].Entered;
        Assert.Equal(1, pool.Stats.Running);
        pool.Gates["cast"].Open();
        await pool.UntilAsync(stats => stats.Running == 0);
        Assert.Equal(0, pool.Stats.CastFailures);
    }

    [Fact]
    public async Task Exception_names_executor_and_method_and_keeps_the_remote_stack()
    {
        await using var pool = InProcessPool.Start();
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Work.FailAsync("the file is empty"));
        var remote = Assert.IsType<RemoteException>(error.InnerException);
        Assert.Equal(("the file is empty", "test/1"), (error.Message, remote.Executor));
        Assert.Contains(nameof(Work.FailAsync), remote.RemoteStackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_call_has_a_scope_that_ends_with_it()
    {
        await using var pool = InProcessPool.Start();
        var first = await Work.Remote.ScopeAsync();
        var second = await Work.Remote.ScopeAsync();
        Assert.NotEqual(first, second);
        Assert.Equal(2, pool.Disposals.Count);
    }

    [Fact]
    public async Task Marked_calls_of_a_method_stay_on_its_executor()
    {
        await using var pool = InProcessPool.Start();
        Assert.True(await Work.Remote.StaysHereAsync());
        Assert.Single(pool.Stats.Executors);
    }

    [Fact]
    public async Task Pools_of_one_process_do_not_meet()
    {
        await using var first = InProcessPool.Start();
        await Work.AppendAsync([]);
        await using (var second = InProcessPool.Start())
        {
            await Work.AppendAsync([]);
            Assert.Equal((1, 1), (first.Backend.Alive.Count, second.Backend.Alive.Count));
        }

        using (first.Pools.Use()) Assert.Single(await Work.AppendAsync([]));
        Assert.Single(first.Backend.Alive);
    }

    [Fact]
    public async Task Cancelled_call_stops_its_method_and_frees_the_slot()
    {
        await using var pool = InProcessPool.Start();
        using var cancel = new CancellationTokenSource();
        var call = Work.Remote.WaitAsync("cancel", cancel.Token);
        await pool.Gates["cancel"].Entered;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await pool.UntilAsync(stats => stats.Running == 0);
        Assert.True(pool.Gates["cancel"].Cancelled);
        Assert.Single(pool.Backend.Alive);
    }
}
