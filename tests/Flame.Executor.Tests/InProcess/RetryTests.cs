using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Flame.Executor.Tests.InProcess;

public sealed class RetryTests
{
    private int _retries;

    [Fact]
    public async Task Failed_method_is_run_again_as_the_pipeline_says()
    {
        await using var pool = InProcessPool.Start();
        Assert.Equal(3, await Work.Remote.With(Retry(2)).TryAsync(2));
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Work.Remote.With(Retry(2)).TryAsync(9));
        Assert.Equal(("failure 6", 4), (error.Message, _retries));
    }

    [Fact]
    public async Task Call_whose_executor_is_lost_is_run_on_another_one()
    {
        await using var pool = InProcessPool.Start(o => o.IdempotentRetries = 0);
        var call = Work.Remote.With(Retry(1) with { Idempotent = true }).WaitAsync("again", InProcessPool.Patience);
        await pool.Gates["again"].Entered;
        pool.Backend.Lose("test/1");
        pool.Gates["again"].Open();
        await call;
        Assert.Equal(1, _retries);
        Assert.DoesNotContain("test/1", pool.Backend.Alive);
    }

    [Fact]
    public async Task What_the_pool_runs_again_by_itself_is_one_attempt()
    {
        await using var pool = InProcessPool.Start(o => o.IdempotentRetries = 1);
        var call = Work.Spawn.With(Retry(1)).WaitAgainAsync("again");
        await pool.Gates["again"].Entered;
        pool.Backend.Lose("test/1");
        await pool.UntilAsync(stats => stats.Count == 0);
        pool.Time.Advance(TimeSpan.FromSeconds(1));
        await pool.UntilAsync(stats => stats.Running == 1);
        Assert.Equal(0, _retries);
        pool.Backend.Lose("test/2");
        pool.Gates["again"].Open();
        await call;
        Assert.Equal((1, "test/3"), (_retries, call.Executor));
    }

    [Fact]
    public async Task Each_attempt_has_the_whole_timeout()
    {
        await using var pool = InProcessPool.Start();
        var call = Work.Remote.With(Retry(1) with { Timeout = TimeSpan.FromSeconds(2) }).WaitAgainAsync("slow", InProcessPool.Patience);
        await pool.Gates["slow"].Entered;
        pool.Time.Advance(TimeSpan.FromSeconds(2));
        await pool.UntilAsync(_ => _retries == 1);
        await pool.UntilAsync(stats => stats.Running == 1);
        pool.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(call.IsCompleted);
        pool.Gates["slow"].Open();
        Assert.Equal("slow", await call);
    }

    [Fact]
    public async Task Pipeline_that_gives_an_attempt_up_stops_its_method()
    {
        await using var pool = InProcessPool.Start();
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = pool.Time }.AddTimeout(TimeSpan.FromSeconds(2)).Build();
        var call = Work.Remote.With(new() { Retry = pipeline }).WaitAgainAsync("given up", InProcessPool.Patience);
        await pool.Gates["given up"].Entered;
        pool.Time.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<TimeoutRejectedException>(() => call);
        await pool.UntilAsync(stats => stats.Running == 0);
        Assert.True(pool.Gates["given up"].Cancelled);
    }

    [Fact]
    public async Task Spawned_call_can_be_cancelled_between_two_attempts()
    {
        await using var pool = InProcessPool.Start();
        var call = Work.Spawn.With(Retry(1, TimeSpan.FromDays(1))).TryAsync(9);
        await pool.UntilAsync(_ => _retries == 1);
        Assert.Equal((FlameCallStatus.Queued, null), (call.Status, call.Executor));
        call.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await call);
        Assert.Equal(FlameCallStatus.Cancelled, call.Status);
    }

    [Fact]
    public async Task Stream_is_tried_again_until_its_first_item_and_not_after_it()
    {
        await using var pool = InProcessPool.Start();
        Assert.Equal([0, 1, 2], await Work.Remote.With(Retry(2)).TryItemsAsync(failures: 2, at: 0).ToListAsync(InProcessPool.Patience));
        Assert.Equal((2, 3), (_retries, pool.Disposals.Count));
        pool.Disposals.Count = 0;
        var taken = new List<int>();
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (var item in Work.Remote.With(Retry(2)).TryItemsAsync(failures: 9, at: 1)) taken.Add(item);
        });
        Assert.Equal((2, 1), (_retries, pool.Disposals.Count));
        Assert.Equal([0], taken);
        await pool.UntilAsync(stats => stats.Running == 0);
    }

    [Fact]
    public async Task Stream_that_is_left_early_is_stopped()
    {
        await using var pool = InProcessPool.Start();
        await foreach (var item in Work.Remote.With(Retry(1) with { Idempotent = true }).CountAsync(int.MaxValue, InProcessPool.Patience))
        {
            if (item == 3) break;
        }

        await pool.UntilAsync(stats => stats.Running == 0);
    }

    [Fact]
    public async Task Call_that_may_not_run_twice_is_refused_and_says_what_to_do()
    {
        await using var pool = InProcessPool.Start();
        var error = Assert.Throws<InvalidOperationException>(() => { _ = Work.Remote.With(Retry(1)).AppendAsync([]); });
        Assert.StartsWith("FLM2015: Work.AppendAsync is not idempotent", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => { _ = Work.Remote.With(Retry(1) with { Idempotent = false }).TryAsync(0); });
        Assert.Throws<InvalidOperationException>(() => { _ = Work.Remote.With(Retry(1)).CountAsync(1, default); });
        Assert.Throws<InvalidOperationException>(() => { _ = Work.Cast.With(Retry(1) with { Idempotent = true }).AppendAsync([]); });
        var spawned = Work.Spawn.With(Retry(1)).AppendAsync([]);
        Assert.Equal(FlameCallStatus.Failed, spawned.Status);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await spawned);
        spawned.Cancel();
    }

    private FlameCallOptions Retry(int times, TimeSpan delay = default) => new()
    {
        Retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = times,
            Delay = delay,
            OnRetry = _ =>
            {
                Interlocked.Increment(ref _retries);
                return default;
            },
        }).Build(),
    };
}
