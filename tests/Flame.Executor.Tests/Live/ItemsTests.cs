using Flame.Executor.Tests.InProcess;
using Flame.Executor.Tests.Links;
using Flame.Links;
using Flame.Wire;

namespace Flame.Executor.Tests.Live;

public abstract class ItemsTests
{
    private static readonly AsyncLocal<string?> s_caller = new();

    private protected abstract LinkCarrier Carrier { get; }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(96)]
    [InlineData(10_000)]
    public async Task Items_arrive_all_and_in_order(int count)
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var source = new Source<int>(i => i, count);
        Assert.Equal(count * (count - 1L) / 2, await Taking.SumAsync(source.Items()).Patiently());
        Assert.True(source.Left.IsCompleted);
    }

    [Fact]
    public async Task Caller_is_asked_when_the_method_asks_and_goes_ahead_by_the_credit_only()
    {
        await using var pool = InProcessPool.Start(o => (o.Max, o.MaxConcurrency) = (1, 4), Carrier);
        var source = new Source<int>(i => i);
        var call = Taking.TakeAsync(2, "take", pool.Gates, source.Items(), InProcessPool.Patience);
        await pool.Gates["take"].Entered;
        Assert.Single(await Work.AppendAsync([]).Patiently());
        Assert.False(source.HasBegun);

        pool.Gates["take"].Open();
        await pool.Gates["take/0"].Entered;
        while (source.Made < Outgoing.InitialCredit) await Task.Yield();
        for (var trip = 0; trip < 20; trip++) Assert.Single(await Work.AppendAsync([]).Patiently());
        Assert.Equal(Outgoing.InitialCredit, source.Made);
        foreach (var gate in (string[])["take/0", "take/1", "take/left"]) pool.Gates[gate].Open();
        Assert.Equal(2, await call.Patiently());
    }

    [Fact]
    public async Task Source_that_is_left_early_is_disposed_while_the_method_goes_on()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var source = new Source<int>(i => i);
        var call = Taking.TakeAsync(1, "take", pool.Gates, source.Items(), InProcessPool.Patience);
        pool.Gates["take"].Open();
        pool.Gates["take/0"].Open();
        await source.Left.Patiently();
        await pool.Gates["take/left"].Entered;
        Assert.False(call.IsCompleted);
        pool.Gates["take/left"].Open();
        Assert.Equal(1, await call.Patiently());
    }

    [Fact]
    public async Task Source_that_is_slow_is_cancelled_when_the_method_returns_and_disposed_before_the_call_ends()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var source = new Source<int>(async (i, ct) =>
        {
            if (i == 0) return i;
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            return i;
        });
        var call = Taking.TakeAsync(1, "take", pool.Gates, source.Items(), InProcessPool.Patience);
        pool.Gates["take"].Open();

        // A method that leaves with the first item may be gone before the source is asked for a second.
        await asked.Task.Patiently();
        foreach (var gate in (string[])["take/0", "take/left"]) pool.Gates[gate].Open();
        Assert.Equal(1, await call.Patiently());
        Assert.True(source.Left.IsCompleted);
        Assert.True(source.TokenFired);
    }

    [Fact]
    public async Task Source_that_ignores_its_token_holds_the_call_no_longer_than_the_grace()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var (asked, deaf) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        var source = new Source<int>(async (i, _) =>
        {
            if (i == 0) return i;
            asked.TrySetResult();
            await deaf.Task;
            return i;
        });
        var call = Taking.TakeAsync(1, "take", pool.Gates, source.Items(), InProcessPool.Patience);
        pool.Gates["take"].Open();

        // A method that leaves with the first item may be gone before the source is asked for a second.
        await asked.Task.Patiently();
        pool.Gates["take/0"].Open();
        await pool.Gates["take/left"].Entered;
        pool.Gates["take/left"].Open();

        // The slot is free before.
        await pool.UntilAsync(stats => stats.Running == 0);
        while (!call.IsCompleted)
        {
            pool.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(1, await call);
        Assert.False(source.Left.IsCompleted);
        deaf.SetResult();
        await source.Left.Patiently();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task What_the_source_throws_goes_through_the_method_and_comes_back_as_it_was(int after)
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var thrown = new UnheardOfException("torn");
        var source = new Source<int>(i => i < after ? i : throw thrown);
        Assert.Same(thrown, await Assert.ThrowsAsync<UnheardOfException>(() => Taking.SumAsync(source.Items()).Patiently()));
    }

    [Fact]
    public async Task Method_can_catch_what_the_source_throws_after_the_items_before_it()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var known = new Source<int>(i => i < 70 ? i : throw new InvalidDataException("torn"));
        Assert.Equal("InvalidDataException after 70: torn", await Taking.TryAsync(known.Items()).Patiently());
        var unknown = new Source<int>(i => i < 2 ? i : throw new UnheardOfException("torn"));
        var words = await Taking.TryAsync(unknown.Items()).Patiently();
        Assert.StartsWith("RemoteException after 2: FLM2020: Taking.TryAsync: 'numbers' is its caller's, and threw", words, StringComparison.Ordinal);
        Assert.EndsWith("UnheardOfException there: torn", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Item_that_cannot_be_sent_fails_as_what_the_source_throws()
    {
        await using var pool = InProcessPool.Start(o => o.MaxPayloadSize = 64 * 1024, Carrier);
        var source = new Source<byte[]>(i => new byte[40_000 * (i + 1)]);
        var error = await Assert.ThrowsAsync<PayloadException>(() => Taking.MeasureAsync(source.Items()).Patiently());
        Assert.Contains("the item of 'blobs' passes the limit", error.Message, StringComparison.Ordinal);
        await source.Left.Patiently();
    }

    [Fact]
    public async Task Second_enumeration_is_refused_in_words()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        Assert.Equal(
            "Taking.TwiceAsync: 'numbers' is its caller's, and can be enumerated once. Keep the items that are needed again.",
            await Taking.TwiceAsync(new Source<int>(i => i, 3).Items()).Patiently());
    }

    [Fact]
    public async Task Cancelled_call_ends_at_once_and_leaves_its_source()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        using var cancel = new CancellationTokenSource();
        var source = new Source<int>(async (i, ct) =>
        {
            if (i == 20) await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            return i;
        });
        var call = Taking.TakeAsync(int.MaxValue, "take", pool.Gates, source.Items(), cancel.Token);
        pool.Gates["take"].Open();
        await pool.Gates["take/0"].Entered;
        await cancel.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Patiently());
        Assert.Equal(cancel.Token, error.CancellationToken);
        await source.Left.Patiently();
        await pool.UntilAsync(stats => stats.Running == 0);
    }

    [Fact]
    public async Task Cancelled_method_waits_for_no_item()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        using var cancel = new CancellationTokenSource();
        var source = new Source<int>(async (i, ct) =>
        {
            if (i == 1) await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            return i;
        });
        var call = Task.Run(async () =>
        {
            await foreach (var pair in Taking.PairAsync(source.Items(), "", new Source<string>(i => $"{i}").Items(), new Told<int>(), cancel.Token)) await cancel.CancelAsync();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Patiently());
        await pool.UntilAsync(stats => stats.Running == 0);
    }

    [Fact]
    public async Task Lost_executor_ends_the_call_and_leaves_the_source()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var source = new Source<int>(i => i);
        var call = Taking.TakeAsync(10, "take", pool.Gates, source.Items(), InProcessPool.Patience);
        pool.Gates["take"].Open();
        await pool.Gates["take/0"].Entered;
        pool.Backend.Lose("test/1");
        await Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently());
        await source.Left.Patiently();
    }

    [Fact]
    public async Task Idempotent_call_runs_again_as_long_as_its_source_is_untouched()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var source = new Source<int>(i => i, 10);
        var call = Taking.SumAgainAsync(false, "again", pool.Gates, source.Items(), InProcessPool.Patience);
        await pool.Gates["again"].Entered;
        pool.Backend.Lose("test/1");
        await pool.UntilAsync(stats => stats.Count == 0);
        pool.Gates["again"].Open();
        pool.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(45, await call.Patiently());
    }

    [Fact]
    public async Task Idempotent_call_does_not_run_again_once_its_source_is_touched()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var source = new Source<int>(i => i, 10);
        var call = Taking.SumAgainAsync(true, "again", pool.Gates, source.Items(), InProcessPool.Patience);
        await pool.Gates["again"].Entered;
        pool.Backend.Lose("test/1");
        await Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently());
    }

    [Fact]
    public async Task Method_that_throws_is_heard_and_its_source_left()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var source = new Source<int>(i => i);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Taking.BreakAsync(500, source.Items()).Patiently());
        Assert.Equal("the method's own", error.Message);
        Assert.True(source.Left.IsCompleted);
    }

    [Theory]
    [InlineData(1, 5_000_000)]
    [InlineData(40, 300_000)]
    [InlineData(100, 32_768)]
    public async Task Large_items_arrive_whole(int count, int size)
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var source = new Source<byte[]>(
            i =>
            {
                var blob = new byte[size + i];
                Array.Fill(blob, (byte)i);
                return blob;
            },
            count);
        var seen = await Taking.MeasureAsync(source.Items()).Patiently();
        Assert.Equal(Enumerable.Range(0, count).Select(i => (size + i, (byte)i)), seen);
    }

    [Fact]
    public async Task Two_sources_a_progress_and_a_stream_of_results_go_side_by_side()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var (left, right, told) = (new Source<int>(i => i), new Source<string>(i => $"{i * i}", 500), new Told<int>());
        var pairs = new List<string>();
        await foreach (var pair in Taking.PairAsync(left.Items(), "/", right.Items(), told, InProcessPool.Patience)) pairs.Add(pair);
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}/{i * i}"), pairs);
        Assert.Equal(Enumerable.Range(0, 500), told.Reports);
        await left.Left.Patiently();
        await right.Left.Patiently();
    }

    [Fact]
    public async Task Stream_of_results_that_is_left_early_leaves_its_sources()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var (left, right) = (new Source<int>(i => i), new Source<string>(i => $"{i}"));
        await foreach (var pair in Taking.PairAsync(left.Items(), "/", right.Items(), new Told<int>(), InProcessPool.Patience))
        {
            if (pair == "100/100") break;
        }

        await left.Left.Patiently();
        await right.Left.Patiently();
        await pool.UntilAsync(stats => stats.Running == 0);
    }

    [Fact]
    public async Task Methods_own_token_ends_its_enumeration_and_the_source()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var source = new Source<int>(async (i, ct) =>
        {
            if (i == 4) await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            return i;
        });
        Assert.True(await Taking.CancelOwnAsync(source.Items()).Patiently());
        Assert.True(source.Left.IsCompleted);
    }

    [Fact]
    public async Task Source_runs_in_its_callers_context()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        s_caller.Value = "me";
        var source = new Source<int>(i => s_caller.Value == "me" ? i : -1, 200);
        Assert.Equal(199 * 200 / 2, await Taking.SumAsync(source.Items()).Patiently());
    }

    [Fact]
    public async Task What_the_method_kept_is_worth_nothing_after_the_call()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        Assert.False(await Taking.KeepAsync().Patiently());
        var source = new Source<int>(i => i);
        Assert.True(await Taking.KeepAsync(source.Items()).Patiently());
        await using var items = Taking.Kept!.GetAsyncEnumerator(InProcessPool.Patience);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => items.MoveNextAsync().AsTask().Patiently());
        Assert.StartsWith("The call of Taking.KeepAsync has ended", error.Message, StringComparison.Ordinal);
        Assert.False(source.HasBegun);
    }

    private sealed class UnheardOfException(string message) : Exception(message);
}
