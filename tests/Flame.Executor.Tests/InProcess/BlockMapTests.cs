namespace Flame.Executor.Tests.InProcess;

/// <summary>The public forms of a mapping; what its engine promises is held by the tests of the engine.</summary>
public sealed class BlockMapTests
{
    [Fact]
    public async Task Blocks_of_every_form_map_every_source()
    {
        await using var pool = InProcessPool.Start(options => options.MaxConcurrency = 4);
        var (flame, factor) = (pool.Pools, 3);
        int[] items = [1, 2, 3, 4];
        Equal([3, 6, 9, 12], await ValuesAsync(flame.MapAsync("test", items, i => i * factor)));
        Equal([3, 6, 9, 12], await ValuesAsync(flame.MapAsync("test", items, (i, ct) => i * factor)));
        Equal([3, 6, 9, 12], await ValuesAsync(flame.MapAsync("test", items, async i => { await Task.Yield(); return i * factor; })));
        Equal([3, 6, 9, 12], await ValuesAsync(flame.MapAsync("test", items.ToAsyncEnumerable(), async (i, ct) => { await Task.Delay(1, ct); return i * factor; })));
        Equal([1, 4, 9, 16], await ValuesAsync(flame.MapAsync("test", items, Squared)));
        Equal(["1!", "2!", "3!", "4!"], await ValuesAsync(flame.MapAsync("test", items.ToAsyncEnumerable(), i => $"{i}!")));

        static int Squared(int i) => i * i;
    }

    [Fact]
    public async Task A_marked_method_maps_by_its_name()
    {
        await using var pool = InProcessPool.Start();
        List<int>[] items = [[1], [2, 3]];
        var results = await pool.Pools.MapAsync("test", items, Work.AppendAsync).ToListAsync(InProcessPool.Patience);
        Assert.Equal([2, 3], results.Select(r => r.Value.Count));
        Assert.Equal([1, 2], items.Select(i => i.Count));
    }

    [Fact]
    public async Task What_a_mapping_captures_is_copied_when_it_is_made()
    {
        await using var pool = InProcessPool.Start();
        var add = 1;
        var mapping = pool.Pools.MapAsync("test", [1, 2], i => i + add);
        add = 100;
        Equal([2, 3], await ValuesAsync(mapping));
        Equal([2, 3], await ValuesAsync(mapping));
    }

    [Fact]
    public async Task Failures_are_collected_where_that_is_asked_for()
    {
        await using var pool = InProcessPool.Start();
        var results = await pool.Pools.MapAsync(
            "test", Enumerable.Range(0, 4), i => i == 2 ? throw new InvalidDataException("two") : i, new FlameMapOptions { OnError = FlameOnError.Collect }).ToListAsync(InProcessPool.Patience);
        Assert.Equal([true, true, false, true], results.Select(r => r.Succeeded));
        Assert.Equal("two", Assert.IsType<InvalidDataException>(results[2].Error).Message);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await ValuesAsync(pool.Pools.MapAsync("test", [2], i => i == 2 ? throw new InvalidDataException("two") : i)));
    }

    [Fact]
    public async Task Calls_without_results_are_counted_and_folds_take_every_result()
    {
        await using var pool = InProcessPool.Start();
        var mark = Guid.NewGuid().ToString();
        Assert.Equal(0, await pool.Pools.ForEachAsync("test", [1, 2, 3], async i => { await Task.Yield(); Marks.Add(mark + i); }));
        Assert.Equal(3, Marks.All.Count(m => m.StartsWith(mark, StringComparison.Ordinal)));
        Assert.Equal(1, await pool.Pools.ForEachAsync("test", [1, 2], (i, ct) => i == 1 ? throw new InvalidDataException() : Task.CompletedTask, new FlameMapOptions { OnError = FlameOnError.Collect }));
        Assert.Equal(30, await pool.Pools.ForEachAsync("test", Enumerable.Range(1, 4), i => i * i, 0, (sum, result) => sum + result.Value));
    }

    [Fact]
    public async Task Leaving_a_mapping_ends_what_runs()
    {
        await using var pool = InProcessPool.Start(options => options.MaxConcurrency = 8);
        await foreach (var result in pool.Pools.MapAsync("test", Endless(), async (i, ct) =>
        {
            if (i > 0) await Task.Delay(Timeout.Infinite, ct);
            return i;
        }))
        {
            Assert.Equal(0, result.Value);
            break;
        }

        await pool.UntilAsync(stats => stats is { Running: 0, Waiting: 0 });

        static IEnumerable<int> Endless()
        {
            for (var i = 0; ; i++) yield return i;
        }
    }

    [Fact]
    public async Task Options_of_the_caller_hold_for_each_item()
    {
        await using var pool = InProcessPool.Start();
        var mapping = pool.Pools.With(new FlameCallOptions { Timeout = TimeSpan.FromSeconds(2) }).MapAsync(
            "test",
            ["map-timeout"],
            async (name, ct) =>
            {
                Marks.Entered(name);
                await Task.Delay(Timeout.Infinite, ct);
                return 1;
            });
        var values = ValuesAsync(mapping);
        await Marks.WhenEntered("map-timeout");
        pool.Time.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<CallTimeoutException>(() => values);
    }

    [Fact]
    public async Task A_mapping_inside_a_block_runs_in_place()
    {
        await using var pool = InProcessPool.Start();
        var flame = pool.Pools;
        Assert.Equal(14, await flame.CallAsync("test", async () => await flame.ForEachAsync("test", Enumerable.Range(1, 3), i => i * i, 0, (sum, r) => sum + r.Value)));
    }

    // Not a span, which could not wait.
    private static void Equal<T>(T[] expected, T[] actual) => Assert.Equal(expected, actual);

    private static async Task<TOut[]> ValuesAsync<TIn, TOut>(IAsyncEnumerable<FlameResult<TIn, TOut>> mapping) =>
        await mapping.Select(r => r.Value).ToArrayAsync(InProcessPool.Patience);
}
