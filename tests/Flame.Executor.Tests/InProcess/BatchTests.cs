namespace Flame.Executor.Tests.InProcess;

/// <summary>Single calls that are sent together. The pool's clock stands still unless a test moves it.</summary>
public sealed class BatchTests
{
    [Fact]
    public async Task Callers_of_the_same_time_share_a_call_and_each_gets_its_own_result()
    {
        await using var pool = InProcessPool.Start();
        var calls = Enumerable.Range(1, 4).Select(x => Batches.Batched.SizeAsync(x, InProcessPool.Patience)).ToArray();
        Assert.Equal([(1, 4), (2, 4), (3, 4), (4, 4)], await Task.WhenAll(calls));
    }

    [Fact]
    public async Task Batch_that_is_not_full_leaves_when_its_first_has_waited()
    {
        await using var pool = InProcessPool.Start();
        var first = Batches.Batched.SizeAsync(1, InProcessPool.Patience);
        pool.Time.Advance(TimeSpan.FromMilliseconds(15));
        var second = Batches.Batched.SizeAsync(2, InProcessPool.Patience);
        pool.Time.Advance(TimeSpan.FromMilliseconds(4));
        Assert.Equal((0, 0), (pool.Stats.Booting, pool.Stats.Waiting));
        pool.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([(1, 2), (2, 2)], await Task.WhenAll(first, second));
        var third = Batches.Batched.SizeAsync(3, InProcessPool.Patience);
        pool.Time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal((3, 1), await third);
    }

    [Fact]
    public async Task A_full_batch_does_not_shorten_the_wait_of_the_next()
    {
        await using var pool = InProcessPool.Start();
        await Task.WhenAll(Enumerable.Range(1, 4).Select(x => Batches.Batched.SizeAsync(x, InProcessPool.Patience)));
        pool.Time.Advance(TimeSpan.FromMilliseconds(15));
        var next = Batches.Batched.SizeAsync(5, InProcessPool.Patience);
        pool.Time.Advance(TimeSpan.FromMilliseconds(15));
        await pool.UntilAsync(stats => stats.Running == 0);
        var last = Batches.Batched.SizeAsync(6, InProcessPool.Patience);
        pool.Time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal([(5, 2), (6, 2)], await Task.WhenAll(next, last));
    }

    [Fact]
    public async Task Caller_that_cancels_in_time_takes_only_its_item_back()
    {
        await using var pool = InProcessPool.Start();
        using var cancel = new CancellationTokenSource();
        var stays = Batches.Batched.SizeAsync(1, InProcessPool.Patience);
        var leaves = Batches.Batched.SizeAsync(2, cancel.Token);
        await cancel.CancelAsync();
        Assert.Equal(cancel.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves)).CancellationToken);
        pool.Time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal((1, 1), await stays);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Batches.Batched.SizeAsync(3, cancel.Token));
        var later = Batches.Batched.SizeAsync(4, InProcessPool.Patience);
        pool.Time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal((4, 1), await later);
    }

    [Fact]
    public async Task Caller_that_cancels_later_gives_up_only_its_await()
    {
        await using var pool = InProcessPool.Start();
        using var cancel = new CancellationTokenSource();
        var stays = Batches.Batched.PassAsync("batch", null!, InProcessPool.Patience);
        var leaves = Batches.Batched.PassAsync("other", null!, cancel.Token);
        await pool.Gates["batch"].Entered;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
        pool.Gates["batch"].Open();
        Assert.Equal("batch", await stays);
    }

    [Fact]
    public async Task Batch_that_nobody_waits_for_any_more_is_cancelled()
    {
        await using var pool = InProcessPool.Start();
        using var cancel = new CancellationTokenSource();
        Task<string>[] calls = [Batches.Batched.PassAsync("batch", null!, cancel.Token), Batches.Batched.PassAsync("other", null!, cancel.Token)];
        await pool.Gates["batch"].Entered;
        await cancel.CancelAsync();
        await pool.UntilAsync(stats => stats.Running == 0);
        Assert.True(pool.Gates["batch"].Cancelled);
        Assert.All(calls, call => Assert.True(call.IsCanceled));
    }

    [Fact]
    public async Task Failed_batch_fails_each_of_its_callers_with_the_same_exception()
    {
        await using var pool = InProcessPool.Start();
        var calls = Enumerable.Range(0, 4).Select(x => Batches.Batched.SizeAsync(x == 2 ? -1 : x, InProcessPool.Patience)).ToArray();
        var errors = await Task.WhenAll(calls.Select(call => Assert.ThrowsAsync<InvalidDataException>(() => call)));
        Assert.Single(errors.Distinct());
        Assert.Equal("a negative one", errors[0].Message);
    }

    [Fact]
    public async Task Lost_executor_fails_the_callers_of_its_batch()
    {
        await using var pool = InProcessPool.Start();
        Task<string>[] calls = [Batches.Batched.PassAsync("batch", null!, InProcessPool.Patience), Batches.Batched.PassAsync("other", null!, InProcessPool.Patience)];
        await pool.Gates["batch"].Entered;
        pool.Backend.Lose("test/1");
        foreach (var call in calls) await Assert.ThrowsAsync<ExecutorLostException>(() => call);
    }

    [Theory]
    [InlineData(0, "was given 2 items and returned 0 results")]
    [InlineData(1, "was given 2 items and returned 1 result.")]
    [InlineData(3, "was given 2 items and returned 3 results")]
    [InlineData(-1, "was given 2 items and returned null")]
    public async Task Wrong_number_of_results_is_told_to_every_caller(int results, string words)
    {
        await using var pool = InProcessPool.Start();
        foreach (var call in (Task<int>[])[Batches.Batched.WrongAsync(results), Batches.Batched.WrongAsync(results)])
        {
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => call);
            Assert.StartsWith("FLM2018: Batches.WrongAsync ", error.Message, StringComparison.Ordinal);
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task In_an_executor_and_in_local_mode_it_is_a_call_in_place_with_one_item()
    {
        await using (var pool = InProcessPool.Start()) Assert.Equal((7, 1), await Batches.Remote.NestedAsync(7));
        await using var local = await FlameApplication.StartAsync(flame => (flame.Mode, _) = (FlameMode.Local, flame.AddPool("test", backend: new InProcessBackend())), ct: InProcessPool.Patience);
        using (local.Use())
        {
            Assert.Equal((7, 1), await Batches.Batched.SizeAsync(7, InProcessPool.Patience));
            Assert.Contains("was given 1 item and returned 3", (await Assert.ThrowsAsync<InvalidOperationException>(() => Batches.Batched.WrongAsync(3))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Items_that_wait_are_refused_when_the_pool_drains_and_so_are_later_ones()
    {
        var pool = InProcessPool.Start();
        var waits = Batches.Batched.SizeAsync(1, InProcessPool.Patience);
        var drained = pool.Pools.DisposeAsync();
        await Assert.ThrowsAsync<PoolDrainingException>(() => waits);
        await drained;
        using (pool.Pools.Use())
        {
            await Assert.ThrowsAsync<PoolDrainingException>(() => Batches.Batched.SizeAsync(2, InProcessPool.Patience));
            await Assert.ThrowsAsync<PoolDrainingException>(() => Batches.Batched.WrongAsync(2));
        }
    }

    [Fact]
    public async Task Pools_of_one_process_do_not_share_batches()
    {
        await using var first = InProcessPool.Start();
        var calls = new List<Task<(int, int)>> { Batches.Batched.SizeAsync(1, InProcessPool.Patience) };
        await using var second = InProcessPool.Start();
        calls.Add(Batches.Batched.SizeAsync(2, InProcessPool.Patience));
        first.Time.Advance(TimeSpan.FromMilliseconds(20));
        second.Time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal([(1, 1), (2, 1)], await Task.WhenAll(calls));
    }

    [Fact]
    public async Task Among_many_callers_of_whom_some_cancel_each_has_one_outcome()
    {
        // With the system's clock: to one that leaps, executors would be silent for too long.
        await using var pools = await FlameApplication.StartAsync(
            flame => flame.AddPool("test", o => (o.Max, o.MaxConcurrency) = (2, 4), new InProcessBackend()), ct: InProcessPool.Patience);
        using var here = pools.Use();
        var callers = Enumerable.Range(0, 4000).Select(x => Task.Run(async () =>
        {
            using var cancel = new CancellationTokenSource();
            var call = Batches.Batched.SizeAsync(x, x % 3 == 0 ? cancel.Token : InProcessPool.Patience);
            if (x % 3 == 0)
            {
                for (var turn = 0; turn < x % 7; turn++) await Task.Yield();
                await cancel.CancelAsync();
            }

            try
            {
                var (item, size) = await call;
                Assert.Equal(x, item);
                Assert.InRange(size, 1, 4);
                return true;
            }
            catch (OperationCanceledException)
            {
                Assert.Equal(0, x % 3);
                return false;
            }
        })).ToArray();
        Assert.InRange((await Task.WhenAll(callers)).Count(answered => answered), 2666, 4000);
    }
}

internal static class Batches
{
    [Flame(Pool = "test"), FlameBatch(Max = 4, Wait = "00:00:00.020")]
    public static Task<(int Item, int Size)[]> SizeAsync(int[] items, CancellationToken ct) =>
        items.Contains(-1) ? throw new InvalidDataException("a negative one") : Task.FromResult(items.Select(item => (item, items.Length)).ToArray());

    [Flame(Pool = "test"), FlameBatch(Max = 2)]
    public static async Task<string[]> PassAsync(string[] gates, [FromServices] Gates known, CancellationToken ct)
    {
        await known[gates[0]].PassAsync(ct);
        return gates;
    }

    [Flame(Pool = "test"), FlameBatch(Max = 2)]
    public static ValueTask<int[]> WrongAsync(int[] items) => new(items[0] < 0 ? null! : new int[items[0]]);

    [Flame(Pool = "test")]
    public static async Task<(int Item, int Size)> NestedAsync(int item) => await Batches.Batched.SizeAsync(item, CancellationToken.None);
}
