using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Flame.Executor.Tests.InProcess;

#pragma warning disable FLM0303 // What a write inside a block does is one of the promises.

public sealed class BlockTests
{
    [Fact]
    public async Task Lambdas_of_every_form_bring_their_result()
    {
        await using var pool = InProcessPool.Start();
        var (flame, n) = (pool.Pools, 20);
        Assert.Equal(21, await flame.CallAsync("test", () => n + 1));
        Assert.Equal(21, await flame.CallAsync("test", ct => n + 1));
        Assert.Equal(21, await flame.CallAsync("test", async () => { await Task.Yield(); return n + 1; }));
        Assert.Equal(21, await flame.CallAsync("test", async ct => { await Task.Delay(1, ct); return n + 1; }));
        Assert.Equal(3, await flame.CallAsync("test", static () => 3));
        Assert.Equal(4, await flame.CallAsync("test", delegate () { return 4; }));
        Assert.Equal("n is 20", await flame.CallAsync("test", () => $"n is {n}", TestContext.Current.CancellationToken));
        Assert.Single(pool.Stats.Executors);
    }

    [Fact]
    public async Task Blocks_without_a_result_end_after_what_they_do()
    {
        await using var pool = InProcessPool.Start();
        var name = "done";
        await pool.Pools.CallAsync("test", () => Marks.Add(name));
        await pool.Pools.CallAsync("test", async ct => { await Task.Delay(1, ct); Marks.Add(name + "!"); });
        Assert.Contains("done", Marks.All);
        Assert.Contains("done!", Marks.All);
    }

    [Fact]
    public async Task A_block_works_on_copies_and_leaves_the_callers_variables_alone()
    {
        await using var pool = InProcessPool.Start();
        var count = 1;
        List<int> list = [1];
        var seen = await pool.Pools.CallAsync("test", () =>
        {
            count += 10;
            list.Add(2);
            return (count, list.Count);
        });
        Assert.Equal((11, 2), seen);
        Assert.Equal((1, 1), (count, list.Count));
        count = 5;
        Assert.Equal(5, await pool.Pools.CallAsync("test", () => count));
    }

    [Fact]
    public async Task Variables_of_several_scopes_and_of_each_turn_of_a_loop_travel()
    {
        await using var pool = InProcessPool.Start();
        var outer = 100;
        var answers = new List<Task<int>>();
        for (var i = 0; i < 3; i++)
        {
            var inner = i * 10;
            foreach (var item in Enumerable.Range(1, 2))
            {
                answers.Add(pool.Pools.CallAsync("test", () => outer + inner + item));
            }
        }

        int[] sums = await Task.WhenAll(answers);
        Assert.Equal([101, 102, 111, 112, 121, 122], sums);
    }

    [Fact]
    public async Task A_nested_lambda_captures_through_the_one_around_it()
    {
        await using var pool = InProcessPool.Start();
        var a = 1;
        Func<int, Task<int>> run = b => pool.Pools.CallAsync("test", () =>
        {
            Func<int, int> deeper = c => a + b + c;
            return deeper(100);
        });
        Assert.Equal(111, await run(10));
    }

    [Fact]
    public async Task Local_functions_are_blocks_and_are_called_by_blocks()
    {
        await using var pool = InProcessPool.Start();
        var factor = 3;
        var unused = new object();
        Assert.Equal(6, await pool.Pools.CallAsync("test", () => Times(2)));
        Assert.Equal(9, await pool.Pools.CallAsync("test", Direct));
        Assert.Equal(7, await pool.Pools.CallAsync("test", Pure));
        GC.KeepAlive(unused);

        int Times(int n) => n * Factor();
        int Factor() => factor;
        int Direct() => Times(3);
        static int Pure() => 7;
    }

    [Fact]
    public async Task Methods_are_blocks_with_the_receiver_that_they_are_named_on()
    {
        await using var pool = InProcessPool.Start();
        var counter = new Counter { Start = 5 };
        Assert.Equal(42, await pool.Pools.CallAsync("test", Marks.Answer));
        Assert.Equal(6, await pool.Pools.CallAsync("test", counter.Next));
    }

    [Fact]
    public async Task Fields_properties_and_primary_parameters_of_this_travel_without_the_rest_of_it()
    {
        await using var pool = InProcessPool.Start();
        var shop = new Shop(pool.Pools, 7) { Discount = 2 };
        Assert.Equal("7 - 2 + 1", await shop.PriceAsync());
        Assert.Equal("7 - 2 + 1 x 4", await shop.PriceOfAsync(4));
    }

    [Fact]
    public async Task A_this_that_can_be_sent_travels_whole()
    {
        await using var pool = InProcessPool.Start();
        Assert.Equal(8, await new Counter { Start = 7 }.NextOnAsync(pool.Pools));
        Assert.Equal(10, await new Counter { Start = 7 }.PlusOnAsync(pool.Pools, 3));
    }

    [Fact]
    public async Task Items_stream_from_a_block()
    {
        await using var pool = InProcessPool.Start();
        var from = 10;
        var items = await pool.Pools.StreamAsync("test", ct => Count(3, ct)).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal([10, 11, 12], items);

        async IAsyncEnumerable<int> Count(int n, [EnumeratorCancellation] CancellationToken ct)
        {
            for (var i = 0; i < n; i++)
            {
                await Task.Delay(1, ct);
                yield return from + i;
            }
        }
    }

    [Fact]
    public async Task A_cast_block_is_over_when_it_is_handed_over()
    {
        await using var pool = InProcessPool.Start();
        var (entered, let) = ("cast-entered", "cast-let");
        await pool.Pools.CastAsync("test", async () =>
        {
            Marks.Entered(entered);
            await Marks.WhenEntered(let);
        });
        await Marks.WhenEntered(entered);
        Assert.Equal(1, pool.Stats.Running);
        Marks.Entered(let);
        await pool.UntilAsync(stats => stats.Running == 0);
        Assert.Equal(0, pool.Stats.CastFailures);
    }

    [Fact]
    public async Task Captured_progress_items_and_streams_stay_here_and_what_they_give_and_take_crosses()
    {
        await using var pool = InProcessPool.Start();
        var seen = new List<int>();
        IProgress<int> progress = new Told(seen);
        var items = AsyncEnumerable.Range(1, 100);
        Stream from = new MemoryStream([1, 2, 3]);
        var into = new MemoryStream();
        Stream to = into;
        var sum = await pool.Pools.CallAsync("test", async ct =>
        {
            var total = 0;
            await foreach (var item in items.WithCancellation(ct)) total += item;
            progress.Report(total);
            var bytes = new byte[10];
            var read = await from.ReadAtLeastAsync(bytes, 4, throwOnEndOfStream: false, ct);
            await to.WriteAsync(bytes.AsMemory(0, read), ct);
            progress.Report(read);
            return total;
        });
        Assert.Equal(5050, sum);
        Assert.Equal([5050, 3], seen);
        Assert.Equal([1, 2, 3], into.ToArray());
    }

    private sealed class Told(List<int> seen) : IProgress<int>
    {
        public void Report(int value) => seen.Add(value);
    }

    [Fact]
    public async Task Options_of_a_caller_hold_for_its_blocks()
    {
        await using var pool = InProcessPool.Start();
        var hurried = pool.Pools.With(new FlameCallOptions { Timeout = TimeSpan.FromSeconds(3) });
        var name = "hurried";
        var call = hurried.CallAsync("test", async ct =>
        {
            Marks.Entered(name);
            await Task.Delay(Timeout.Infinite, ct);
        });
        await Marks.WhenEntered(name);
        pool.Time.Advance(TimeSpan.FromSeconds(3));
        var error = await Assert.ThrowsAsync<CallTimeoutException>(() => call);
        Assert.Equal((CallPhase.Execution, TimeSpan.FromSeconds(3)), (error.Phase, error.Budget));
    }

    [Fact]
    public async Task A_spawned_block_has_a_handle_that_tells_cancels_and_brings_its_result()
    {
        await using var pool = InProcessPool.Start();
        var (n, name) = (4, "spawned");
        var sum = pool.Pools.SpawnAsync("test", () => n + 1);
        Assert.Equal(5, await sum);
        Assert.Same(sum, pool.Pools.FindCall(sum.Id));
        Assert.StartsWith("the block at BlockTests.cs:", sum.Method, StringComparison.Ordinal);

        var endless = pool.Pools.SpawnAsync("test", async ct =>
        {
            Marks.Entered(name);
            await Task.Delay(Timeout.Infinite, ct);
        });
        await Marks.WhenEntered(name);
        Assert.Equal(FlameCallStatus.Running, endless.Status);
        endless.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await endless);
        Assert.Equal(FlameCallStatus.Cancelled, endless.Status);
        Assert.Equal(FlameCallStatus.Failed, pool.Pools.SpawnAsync(name, () => n).Status);
    }

    [Fact]
    public async Task What_a_block_throws_arrives_as_itself_and_names_the_place()
    {
        await using var pool = InProcessPool.Start();
        var file = "a.mp4";
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => pool.Pools.CallAsync("test", () => { throw new InvalidDataException(file); }));
        var remote = Assert.IsType<RemoteException>(error.InnerException);
        Assert.Contains("the block at BlockTests.cs:", remote.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_captured_token_cancels_the_block_and_is_the_one_that_the_caller_is_told()
    {
        await using var pool = InProcessPool.Start();
        using var cancel = new CancellationTokenSource();
        var (captured, name) = (cancel.Token, "captured-token");
        var call = pool.Pools.CallAsync("test", async () =>
        {
            Marks.Entered(name);
            await Task.Delay(Timeout.Infinite, captured);
        }, TestContext.Current.CancellationToken);
        await Marks.WhenEntered(name);
        await cancel.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(cancel.Token, error.CancellationToken);
        await pool.UntilAsync(stats => stats.Running == 0);
    }

    [Fact]
    public async Task A_block_inside_a_block_runs_in_place_on_its_executor()
    {
        await using var pool = InProcessPool.Start(options => options.Max = 1);
        var flame = pool.Pools;
        Assert.Equal(12, await flame.CallAsync("test", async () =>
        {
            var n = 5;
            return 7 + await flame.CallAsync("test", () => n);
        }));
    }

    [Fact]
    public async Task Blocks_in_generic_code_carry_what_its_type_arguments_are()
    {
        await using var pool = InProcessPool.Start();
        Assert.Equal([7, 7], await TwiceAsync(pool.Pools, 7));
        Assert.Equal(["a", "a"], await TwiceAsync(pool.Pools, "a"));
        Assert.Equal("Counter 4", await NameAsync(pool.Pools, new Counter { Start = 4 }));
        Assert.Equal(("x", 3), await new Pair<string>("x").WithAsync(pool.Pools, 3));
        Assert.Equal([1.5, 1.5], await RepeatAsync(pool.Pools, 1.5).ToListAsync(TestContext.Current.CancellationToken));

        static async Task<List<T>> TwiceAsync<T>(FlamePools flame, T value)
        {
            await Task.Yield();
            return await flame.CallAsync("test", async () =>
            {
                await Task.Yield();
                return new List<T> { value, value };
            });
        }

        static Task<string> NameAsync<T>(FlamePools flame, T value) where T : ICounts => flame.CallAsync("test", () => $"{typeof(T).Name} {value.Start}");

        static IAsyncEnumerable<T> RepeatAsync<T>(FlamePools flame, T value)
        {
            return flame.StreamAsync("test", () => Items());

            async IAsyncEnumerable<T> Items()
            {
                yield return value;
                await Task.Yield();
                yield return value;
            }
        }
    }

    [Fact]
    public async Task A_captured_logger_is_the_executors_own()
    {
        await using var pool = InProcessPool.Start();
        ILogger<BlockTests> log = Microsoft.Extensions.Logging.Abstractions.NullLogger<BlockTests>.Instance;
        Assert.NotEqual("NullLogger`1", await pool.Pools.CallAsync("test", () => log.GetType().Name));
    }
}
