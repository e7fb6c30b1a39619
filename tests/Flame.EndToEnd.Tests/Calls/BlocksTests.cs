namespace Flame.EndToEnd.Tests.Calls;

public abstract class BlocksTests(CarrierPools carrier)
{
    [Fact]
    public async Task A_block_runs_in_another_process_with_what_it_captured()
    {
        var (words, count) = (new List<string> { "a", "b" }, 3);
        var (process, text) = await carrier.Pools.CallAsync("main", () => (Environment.ProcessId, string.Join('-', Enumerable.Repeat(words, count).SelectMany(w => w))));
        Assert.NotEqual(Environment.ProcessId, process);
        Assert.Equal("a-b-a-b-a-b", text);
    }

    [Fact]
    public async Task Blocks_of_generic_code_run_there_with_its_type_arguments()
    {
        Assert.Equal((2, "Int32"), await NamedAsync(2));
        Assert.Equal(("x", "String"), await NamedAsync("x"));

        async Task<(T, string)> NamedAsync<T>(T value) => await carrier.Pools.CallAsync("main", () => (value, typeof(T).Name));
    }

    [Fact]
    public async Task A_block_inside_a_block_stays_in_its_process()
    {
        var flame = carrier.Pools;
        var (outer, inner) = await flame.CallAsync("main", async () => (Environment.ProcessId, await flame.CallAsync("main", () => Environment.ProcessId)));
        Assert.NotEqual(Environment.ProcessId, outer);
        Assert.Equal(outer, inner);
    }

    [Fact]
    public async Task Leaving_the_items_of_a_block_ends_it()
    {
        var last = 0;
        await foreach (var item in carrier.Pools.StreamAsync("main", ct => Streams.Endless(Guid.NewGuid().ToString(), ct)))
        {
            last = item;
            if (item == 3) break;
        }

        Assert.Equal(3, last);
        await Patience.UntilAsync(() => carrier.Pools["main"].GetStats().Running == 0);
    }

    [Fact]
    public async Task A_cancelled_block_ends_at_once_and_its_slot_with_it()
    {
        using var cancel = new CancellationTokenSource();
        var key = Guid.NewGuid().ToString();
        var call = carrier.Pools.CallAsync(
            "main",
            async ct =>
            {
                await Work.OpenAsync(key);
                await Task.Delay(Timeout.Infinite, ct);
            },
            cancel.Token);
        await carrier.Pools.CallAsync("main", () => Work.PassAsync(key)).Patiently();
        await cancel.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Patiently());
        Assert.Equal(cancel.Token, error.CancellationToken);
        await Patience.UntilAsync(() => carrier.Pools["main"].GetStats().Running == 0);
    }

    [Fact]
    public async Task What_a_block_throws_says_where_it_stands()
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => carrier.Pools.CallAsync("main", static () => { throw new InvalidDataException("no"); }));
        Assert.Contains("the block at BlocksTests.cs:", error.InnerException!.Message, StringComparison.Ordinal);
    }
}

public sealed class SocketBlocksTests(SocketPools carrier) : BlocksTests(carrier), IClassFixture<SocketPools>
{
    [Fact]
    public async Task A_killed_executor_fails_the_block_that_it_ran()
    {
        await using var pools = await TestPools.StartAsync();
        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => pools.CallAsync("main", () => Environment.FailFast("on purpose")).Patiently());
        Assert.True(error.MayHaveRun);
        Assert.Contains("the block at BlocksTests.cs:", error.Message, StringComparison.Ordinal);
    }
}

public sealed class GrpcBlocksTests(GrpcPools carrier) : BlocksTests(carrier), IClassFixture<GrpcPools>;
