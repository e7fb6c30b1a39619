namespace Flame.Executor.Tests.InProcess;

public sealed class NestedTests
{
    [Fact]
    public async Task Remote_calls_of_an_executor_go_to_executors_of_its_own()
    {
        await using var pool = Start();

        // There is one slot: were it the same pool, the second call would wait for the first.
        Assert.Equal(2, await Nesting.DeepAsync(2));
        Assert.Equal(["test/1", "test/1/test/1", "test/1/test/1/test/1"], pool.Backend.Alive);
        Assert.Equal("test/1", Assert.Single(pool.Stats.Executors).Name);
    }

    [Fact]
    public async Task Plain_calls_and_blocks_of_an_executor_stay_in_it()
    {
        await using var pool = Start();
        var flame = pool.Pools;
        Assert.Equal(3, await Nesting.PlainAsync(3));
        Assert.Equal(4, await flame.CallAsync("test", () => flame.CallAsync("test", () => 4)));
        Assert.Equal(["test/1"], pool.Backend.Alive);
    }

    [Fact]
    public async Task Blocks_of_an_executor_are_sent_where_that_is_said()
    {
        await using var pool = Start();
        var (flame, n) = (pool.Pools, 5);
        Assert.Equal(6, await flame.CallAsync("test", async ct => await flame.Remote.CallAsync("test", () => n + 1, ct)));
        Assert.Equal(["test/1", "test/1/test/1"], pool.Backend.Alive);
        Assert.Equal(26, await flame.CallAsync("test", async ct =>
        {
            var sum = await flame.Remote.With(new FlameCallOptions { Idempotent = true }).SpawnAsync("test", () => n, ct);
            await foreach (var result in flame.Remote.MapAsync("test", [1, 2, 3], item => item + n, ct: ct)) sum += result.Value;
            return sum;
        }));
        Assert.Equal(["test/1", "test/1/test/1"], pool.Backend.Alive);
    }

    [Fact]
    public async Task Pools_that_a_method_is_given_are_its_executors_own()
    {
        await using var pool = Start();
        Assert.Equal("test/1/test/1", await Nesting.NameAsync(null!));
        Assert.Equal(0, pool.Stats.Running);
    }

    [Fact]
    public async Task Blocks_are_sent_where_that_is_said_though_calls_run_locally()
    {
        await using var pool = InProcessPool.Start(more: flame => flame.Mode = FlameMode.Local);
        Assert.Equal(1, await pool.Pools.CallAsync("test", () => 1));
        Assert.Empty(pool.Backend.Alive);
        Assert.Equal(1, await pool.Pools.Remote.CallAsync("test", () => 1));
        Assert.Equal(["test/1"], pool.Backend.Alive);
    }

    [Fact]
    public async Task Executor_without_pools_says_how_it_would_have_some()
    {
        await using var pool = InProcessPool.Start();
        var flame = pool.Pools;
        var method = await Assert.ThrowsAsync<InvalidOperationException>(() => Nesting.DeepAsync(1));
        var block = await Assert.ThrowsAsync<InvalidOperationException>(() => flame.CallAsync("test", () => flame.Remote.CallAsync("test", () => 1)));
        Assert.All([method, block], error => Assert.StartsWith("FLM2001: This executor has no pools. Set FlameBuilder.PoolsInExecutors", error.Message, StringComparison.Ordinal));
        Assert.Equal(["test/1"], pool.Backend.Alive);
    }

    [Fact]
    public async Task Executors_boot_none_that_nobody_needs()
    {
        var backend = new InProcessBackend();
        await using var pools = await FlameApplication.StartAsync(
            flame =>
            {
                flame.PoolsInExecutors = true;
                flame.AddPool("test", o => (o.Min, o.Max) = (2, 2), backend);
            },
            ct: InProcessPool.Patience);
        using var use = pools.Use();
        Assert.Equal(1, await Nesting.DeepAsync(1));
        Assert.Equal(3, backend.Alive.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Lost_executor_takes_its_own_along(bool heed)
    {
        await using var pool = Start();
        var call = Nesting.PassAsync("nested", heed, InProcessPool.Patience);
        await pool.Gates["nested"].Entered;
        pool.Backend.Lose("test/1");
        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => call);
        Assert.Equal("test/1", error.Executor);
        while (pool.Backend.Alive.Count > 0)
        {
            InProcessPool.Patience.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [Fact]
    public async Task Lost_executor_of_an_executor_fails_its_call_and_names_itself()
    {
        await using var pool = Start();
        var call = Nesting.PassAsync("nested", true, InProcessPool.Patience);
        await pool.Gates["nested"].Entered;
        pool.Backend.Lose("test/1/test/1");
        var error = await Assert.ThrowsAsync<RemoteException>(() => call);
        Assert.Equal("test/1", error.Executor);
        Assert.Contains("test/1/test/1", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, await Nesting.DeepAsync(1));
    }

    [Fact]
    public async Task Executor_ends_after_what_its_own_still_run()
    {
        await using var pool = Start();
        await Nesting.HandOverAsync("nested");
        await pool.Gates["nested"].Entered;
        Assert.True(pool.Backend.Drain("test/1"));
        await pool.UntilAsync(stats => stats.Ready == 0);
        for (var turn = 0; turn < 100; turn++) await Task.Yield();
        Assert.Equal(["test/1", "test/1/test/1"], pool.Backend.Alive);

        pool.Gates["nested"].Open();
        await pool.UntilAsync(stats => stats.Count == 0);
        Assert.False(pool.Gates["nested"].Cancelled);
        Assert.Empty(pool.Backend.Alive);
    }

    private static InProcessPool Start() => InProcessPool.Start(o => o.Max = 1, more: flame => flame.PoolsInExecutors = true);
}

/// <summary>Methods that call others from where they run.</summary>
internal static class Nesting
{
    [Flame(Pool = "test")]
    public static async Task<int> DeepAsync(int below) => below == 0 ? 0 : 1 + await Nesting.Remote.DeepAsync(below - 1);

    [Flame(Pool = "test")]
    public static async Task<int> PlainAsync(int below) => below == 0 ? 0 : 1 + await PlainAsync(below - 1);

    [Flame(Pool = "test")]
    public static async Task<int> PassAsync(string gate, bool heed, CancellationToken ct) => await Nesting.Remote.GateAsync(gate, heed, ct);

    [Flame(Pool = "test")]
    public static Task HandOverAsync(string gate) => Nesting.Cast.GateAsync(gate, true, CancellationToken.None);

    [Flame(Pool = "test")]
    public static async Task<string> NameAsync([FromServices] FlamePools flame)
    {
        await flame.Remote.CallAsync("test", () => { });
        return Assert.Single(flame["test"].GetStats().Executors).Name;
    }

    [Flame(Pool = "test")]
    public static async Task<int> GateAsync(string gate, bool heed, [FromServices] Gates gates, CancellationToken ct)
    {
        await gates[gate].PassAsync(heed ? ct : CancellationToken.None);
        return 0;
    }
}
