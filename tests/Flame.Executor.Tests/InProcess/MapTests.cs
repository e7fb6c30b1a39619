using Flame.Mapping;

namespace Flame.Executor.Tests.InProcess;

/// <summary>Mappings whose calls are those of a pool.</summary>
public sealed class MapTests
{
    private static readonly FlameMapOptions s_collecting = new() { OnError = FlameOnError.Collect };

    [Fact]
    public async Task Items_are_spread_over_executors_and_results_leave_in_the_order_of_items()
    {
        await using var pool = InProcessPool.Start(o => (o.Max, o.MaxConcurrency) = (3, 2));
        var results = await Map(pool, Enumerable.Range(0, 500), (x, ct) => Work.Remote.SquareAsync(x, ct), new FlameMapOptions()).ToListAsync(InProcessPool.Patience);
        Assert.Equal(Enumerable.Range(0, 500).Select(x => (x, (long)x, x * x)), results.Select(r => (r.Input, r.Index, r.Value)));
        Assert.Equal(3, pool.Backend.Alive.Count);
    }

    [Fact]
    public async Task Lost_executor_fails_its_items_and_only_them()
    {
        await using var pool = InProcessPool.Start(o => o.Max = 2);
        await using var results = Map(pool, ["a", "b", "c", "d"], (gate, ct) => Work.Remote.PassAsync(gate, ct), s_collecting).GetAsyncEnumerator(InProcessPool.Patience);
        var first = results.MoveNextAsync().AsTask();
        await pool.Gates["a"].Entered;
        await pool.Gates["b"].Entered;
        Assert.True(pool.Backend.Lose("test/1"));
        foreach (var gate in (string[])["a", "b", "c", "d"]) pool.Gates[gate].Open();
        var taken = new List<FlameResult<string, string>>();
        for (var more = await first; more; more = await results.MoveNextAsync()) taken.Add(results.Current);
        Assert.Equal(["a", "b", "c", "d"], taken.Select(r => r.Input));
        var lost = Assert.Single(taken, r => !r.Succeeded);
        Assert.Equal("test/1", Assert.IsType<ExecutorLostException>(lost.Error).Executor);
        Assert.All(taken.Where(r => r.Succeeded), r => Assert.Equal(r.Input, r.Value));
    }

    [Fact]
    public async Task Lost_executor_that_is_thrown_stops_the_rest_on_the_pool_too()
    {
        await using var pool = InProcessPool.Start(o => o.Max = 2);
        await using var results = Map(pool, ["a", "b", "c", "d"], (gate, ct) => Work.Remote.PassAsync(gate, ct), new FlameMapOptions { Order = FlameOrder.Completion }).GetAsyncEnumerator(InProcessPool.Patience);
        var first = results.MoveNextAsync().AsTask();
        await pool.Gates["a"].Entered;
        await pool.Gates["b"].Entered;
        Assert.True(pool.Backend.Lose("test/1"));
        await Assert.ThrowsAsync<ExecutorLostException>(() => first);
        await pool.UntilAsync(stats => stats is { Running: 0, Waiting: 0 });
    }

    [Fact]
    public async Task Consumer_that_throws_leaves_no_call_on_the_pool()
    {
        await using var pool = InProcessPool.Start(o => o.Max = 2);
        pool.Gates["0"].Open();
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (var _ in Map(pool, Enumerable.Range(0, 100), (x, ct) => Work.Remote.PassAsync($"{x}", ct), new FlameMapOptions())) throw new InvalidDataException();
        });
        await pool.UntilAsync(stats => stats is { Running: 0, Waiting: 0 });
        Assert.InRange(pool.Gates.ByName.Count, 1, 5);
    }

    [Fact]
    public async Task Pool_that_is_full_or_drains_is_a_result_like_any_other_failure()
    {
        var pool = InProcessPool.Start(o => (o.Max, o.QueueLimit) = (1, 1));
        await Work.AppendAsync([]);
        await pool.UntilAsync(stats => stats.Running == 0);
        var map = Map(pool, ["a", "b", "c"], (gate, ct) => Work.Remote.PassAsync(gate, ct), s_collecting with { Order = FlameOrder.Completion, MaxInFlight = 3 });
        await using var results = map.GetAsyncEnumerator(InProcessPool.Patience);
        Assert.True(await results.MoveNextAsync());
        Assert.Equal("c", results.Current.Input);
        Assert.IsType<QueueFullException>(results.Current.Error);
        await pool.Gates["a"].Entered;
        var drained = pool.Pools.DisposeAsync();
        Assert.True(await results.MoveNextAsync());
        Assert.Equal("b", results.Current.Input);
        Assert.IsType<PoolDrainingException>(results.Current.Error);
        pool.Gates["a"].Open();
        Assert.True(await results.MoveNextAsync());
        Assert.Equal("a", results.Current.Value);
        Assert.False(await results.MoveNextAsync());
        await drained;
    }

    [Theory]
    [InlineData(FlameOrder.Input)]
    [InlineData(FlameOrder.Completion)]
    public async Task Drain_lets_end_what_a_mapping_runs_and_is_thrown_when_its_results_have_left(FlameOrder order)
    {
        await using var pool = InProcessPool.Start(o => o.Max = 2);
        var map = Map(pool, ["a", "b", "c", "d"], (gate, ct) => Work.Remote.PassAsync(gate, ct), new FlameMapOptions { Order = order, MaxInFlight = 3 });
        await using var results = map.GetAsyncEnumerator(InProcessPool.Patience);
        var first = results.MoveNextAsync().AsTask();
        await pool.Gates["a"].Entered;
        await pool.Gates["b"].Entered;
        await pool.UntilAsync(stats => stats.Waiting == 1);

        var drained = pool.Pools.DisposeAsync().AsTask();
        await pool.UntilAsync(stats => stats.Waiting == 0);
        pool.Gates["a"].Open();
        Assert.True(await first);
        Assert.Equal("a", results.Current.Value);
        pool.Gates["b"].Open();
        Assert.True(await results.MoveNextAsync());
        Assert.Equal("b", results.Current.Value);
        await Assert.ThrowsAsync<PoolDrainingException>(() => results.MoveNextAsync().AsTask());
        Assert.Equal(["a", "b"], pool.Gates.ByName.Keys.Order(StringComparer.Ordinal));
        await drained;
    }

    [Fact]
    public async Task Drain_does_not_wait_for_a_source_that_has_nothing_to_give()
    {
        await using var pool = InProcessPool.Start(o => o.Max = 1);
        var ended = new TaskCompletionSource();
        var map = new FlameMap<string, string>(Source(), (gate, ct) => new(Work.Remote.PassAsync(gate, ct)), new FlameMapOptions(), 3, default);
        await using var results = map.GetAsyncEnumerator(InProcessPool.Patience);
        var first = results.MoveNextAsync().AsTask();
        await pool.Gates["a"].Entered;
        await pool.UntilAsync(stats => stats.Waiting == 1);

        var drained = pool.Pools.DisposeAsync().AsTask();
        pool.Gates["a"].Open();
        Assert.True(await first);
        await Assert.ThrowsAsync<PoolDrainingException>(() => results.MoveNextAsync().AsTask());
        await ended.Task;
        await drained;

        async IAsyncEnumerable<string> Source([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct = default)
        {
            yield return "a";
            yield return "b";
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            }
            finally
            {
                ended.SetResult();
            }
        }
    }

    [Fact]
    public async Task However_a_mapping_is_cut_off_nothing_of_it_is_left()
    {
        for (var round = 0; round < 60; round++)
        {
            await using var pool = InProcessPool.Start(o => (o.Max, o.MaxConcurrency) = (2, 4));
            using var cancel = new CancellationTokenSource();
            var options = s_collecting with { Order = (FlameOrder)(round % 2) };
            var results = Map(pool, Enumerable.Range(0, 10_000), (x, ct) => Work.Remote.SquareAsync(x, ct), options, cancel.Token).GetAsyncEnumerator(InProcessPool.Patience);
            for (var taken = 0; taken < round * 3; taken++) Assert.True(await results.MoveNextAsync());
            var cut = Task.Run(() => (round % 3) switch
            {
                0 => cancel.CancelAsync(),
                1 => Task.FromResult(pool.Backend.Lose("test/1")),
                _ => pool.Pools.DisposeAsync().AsTask(),
            });
            await results.DisposeAsync();
            await cut;
            await pool.UntilAsync(stats => stats is { Running: 0, Waiting: 0 });
        }
    }

    private static FlameMap<TIn, TOut> Map<TIn, TOut>(
        InProcessPool pool, IEnumerable<TIn> items, Func<TIn, CancellationToken, Task<TOut>> call, FlameMapOptions options, CancellationToken ct = default) =>
        new(items, (item, token) => new(call(item, token)), options, options.InFlight(pool.Pools["test"].Options), ct);
}
