using Flame.Executor.Tests.InProcess;
using Flame.Executor.Tests.Links;
using Flame.Links;
using Flame.Wire;

namespace Flame.Executor.Tests.Live;

public abstract class ProgressTests
{
    private protected abstract LinkCarrier Carrier { get; }

    [Fact]
    public async Task Reports_arrive_all_and_in_order_before_the_call_ends()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var told = new Told<int>();
        Assert.Equal(10_000, await Reporting.CountAsync(10_000, told).Patiently());
        Assert.Equal(Enumerable.Range(0, 10_000), told.Reports);
    }

    [Fact]
    public async Task Slow_caller_holds_up_neither_the_method_nor_the_other_calls_and_gets_every_report()
    {
        await using var pool = InProcessPool.Start(o => (o.Max, o.MaxConcurrency) = (1, 4), Carrier);
        using var slow = new ManualResetEventSlim();
        var told = new Told<int>(_ => slow.Wait(TestContext.Current.CancellationToken));
        var call = Reporting.CountAndWaitAsync(1000, "reported", pool.Gates, told, InProcessPool.Patience);

        // The method is through with its reports, and the link carries other calls.
        await pool.Gates["reported"].Entered;
        Assert.Single(await Work.AppendAsync([]).Patiently());
        await Patience.UntilAsync(() => told.Reports.Count > 0);
        Assert.Single(told.Reports);
        pool.Gates["reported"].Open();
        Assert.False(call.IsCompleted);

        slow.Set();
        Assert.Equal(1000, await call.Patiently());
        Assert.Equal(Enumerable.Range(0, 1000), told.Reports);
    }

    [Fact]
    public async Task What_is_reported_after_the_end_is_for_nobody()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var told = new Told<int>();
        await Reporting.CountAsync(3, told).Patiently();
        Reporting.Kept!.Report(99);
        await Reporting.CountAsync(1, new Told<int>()).Patiently();
        Assert.Equal([0, 1, 2], told.Reports);
    }

    [Fact]
    public async Task What_the_callers_report_throws_ends_the_call_and_stops_the_method()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var thrown = new InvalidOperationException("enough");
        var told = new Told<int>(i =>
        {
            if (i == 5) throw thrown;
        });
        var call = Reporting.CountAndWaitAsync(100, "gate", pool.Gates, told, InProcessPool.Patience);
        Assert.Same(thrown, await Assert.ThrowsAsync<InvalidOperationException>(() => call.Patiently()));
        await pool.UntilAsync(stats => stats.Running == 0);
        Assert.True(pool.Gates["gate"].Cancelled);
        Assert.Equal(6, told.Reports.Count);
    }

    [Fact]
    public async Task No_progress_is_none_there_too()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        Assert.False(await Reporting.MaybeAsync(null).Patiently());
        var told = new Told<string?>();
        Assert.True(await Reporting.MaybeAsync(told).Patiently());
        Assert.Equal([null], told.Reports);
    }

    [Fact]
    public async Task Reports_before_a_failure_arrive_before_it()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var told = new Told<int>();
        await Assert.ThrowsAsync<InvalidDataException>(() => Reporting.BreakAsync(500, told).Patiently());
        Assert.Equal(Enumerable.Range(0, 500), told.Reports);
    }

    [Theory]
    [InlineData(20, 200_000)]
    [InlineData(3, 5_000_000)]
    [InlineData(40, 32_768)]
    public async Task Large_reports_arrive_whole(int count, int size)
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var told = new Told<byte[]>();
        await Reporting.BlobsAsync(count, size, told).Patiently();
        Assert.Equal(count, told.Reports.Count);
        Assert.All(told.Reports, (blob, i) => Assert.True(blob.Length == size && blob.AsSpan().IndexOfAnyExcept((byte)i) < 0));
    }

    [Fact]
    public async Task Reports_that_wait_are_bounded_and_too_many_fail_the_call()
    {
        await using var pool = InProcessPool.Start(o => o.MaxPayloadSize = 64 * 1024, Carrier);
        using var slow = new ManualResetEventSlim();
        var told = new Told<byte[]>(_ => slow.Wait(TestContext.Current.CancellationToken));
        var call = Reporting.FillAsync(1000, "full", pool.Gates, told, InProcessPool.Patience);
        await pool.Gates["full"].Entered;
        pool.Gates["full"].Open();
        slow.Set();
        var error = await Assert.ThrowsAsync<PayloadException>(() => call.Patiently());
        Assert.Contains("would wait for the caller", error.Message, StringComparison.Ordinal);

        // Those that are under way, and those that may wait.
        Assert.Equal(Outgoing.InitialCredit + (64 * 1024 / 1004), told.Reports.Count);
    }

    [Fact]
    public async Task Report_that_passes_the_limit_fails_the_call_even_when_the_method_goes_on()
    {
        await using var pool = InProcessPool.Start(o => o.MaxPayloadSize = 64 * 1024, Carrier);
        var error = await Assert.ThrowsAsync<PayloadException>(() => Reporting.BlobsAsync(1, 70_000, new Told<byte[]>()).Patiently());
        Assert.Contains("the report to 'progress' passes the limit", error.Message, StringComparison.Ordinal);
        Assert.Equal("Reporting.BlobsAsync", error.Method);
    }

    [Fact]
    public async Task Two_at_once_do_not_mix()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var (first, second) = (new Told<int>(), new Told<string>());
        await Reporting.TwoAsync(first, 1000, second).Patiently();
        Assert.Equal(Enumerable.Range(0, 1000), first.Reports);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"{i}"), second.Reports);
    }

    [Fact]
    public async Task Stream_of_results_reports_beside_it_in_each_enumeration()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var told = new Told<int>();
        var items = Reporting.ItemsAsync(300, told, InProcessPool.Patience);
        for (var enumeration = 1; enumeration <= 2; enumeration++)
        {
            var next = 0;
            await foreach (var item in items) Assert.Equal(next++, item);
            Assert.Equal(300, next);
            Assert.Equal(300 * enumeration, told.Reports.Count);
        }
    }

    [Fact]
    public async Task Lost_executor_ends_the_call_behind_the_reports_that_came()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var told = new Told<int>();
        var call = Reporting.CountAndWaitAsync(50, "gate", pool.Gates, told, InProcessPool.Patience);
        await pool.Gates["gate"].Entered;
        while (told.Reports.Count < 50) await Task.Yield();
        pool.Backend.Lose("test/1");
        await Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently());
        Assert.Equal(Enumerable.Range(0, 50), told.Reports);
    }

    [Fact]
    public async Task Idempotent_call_that_runs_again_reports_again()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var told = new Told<int>();
        var call = Reporting.CountAgainAsync(50, "again", pool.Gates, told, InProcessPool.Patience);
        await pool.Gates["again"].Entered;
        while (told.Reports.Count < 50) await Task.Yield();
        pool.Backend.Lose("test/1");
        await pool.UntilAsync(stats => stats.Count == 0);
        pool.Gates["again"].Open();
        pool.Time.Advance(TimeSpan.FromSeconds(1));
        await call.Patiently();
        Assert.Equal(Enumerable.Range(0, 50).Concat(Enumerable.Range(0, 50)), told.Reports);
    }

    [Fact]
    public async Task Reports_of_a_lost_run_that_wait_for_the_caller_come_before_those_of_the_next()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        using var slow = new ManualResetEventSlim();
        var told = new Told<int>(_ => slow.Wait(TestContext.Current.CancellationToken));
        var call = Reporting.CountAgainAsync(20, "again", pool.Gates, told, InProcessPool.Patience);
        await pool.Gates["again"].Entered;
        await Patience.UntilAsync(() => told.Reports.Count == 1);
        pool.Backend.Lose("test/1");
        await pool.UntilAsync(stats => stats.Count == 0);
        pool.Gates["again"].Open();
        pool.Time.Advance(TimeSpan.FromSeconds(1));
        await pool.UntilAsync(stats => stats is { Count: 1, Running: 0 });
        Assert.False(call.IsCompleted);
        slow.Set();
        await call.Patiently();
        Assert.Equal(Enumerable.Range(0, told.Reports.Count - 20).Concat(Enumerable.Range(0, 20)), told.Reports);
    }

    [Fact]
    public async Task Cancelled_call_ends_at_once_and_is_told_nothing_more()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        using var cancel = new CancellationTokenSource();
        using var slow = new ManualResetEventSlim();
        var told = new Told<int>(_ => slow.Wait(TestContext.Current.CancellationToken));
        var call = Reporting.CountAndWaitAsync(300, "gate", pool.Gates, told, cancel.Token);
        await pool.Gates["gate"].Entered;
        while (told.Reports.Count == 0) await Task.Yield();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Patiently());
        slow.Set();
        await pool.UntilAsync(stats => stats.Running == 0);
        await Reporting.CountAsync(1, new Told<int>()).Patiently();
        Assert.Single(told.Reports);
    }
}

public sealed class ProgressOverUnixTests : ProgressTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Unix;
}

public sealed class ProgressOverTcpTests : ProgressTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Tcp;
}

public sealed class ProgressOverGrpcTests : ProgressTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Grpc;
}

public sealed class ProgressOverPipeTests : ProgressTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Pipe;
}
