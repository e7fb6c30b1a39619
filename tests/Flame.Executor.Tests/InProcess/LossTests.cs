namespace Flame.Executor.Tests.InProcess;

public sealed class LossTests
{
    [Fact]
    public async Task Lost_executor_fails_its_calls_and_only_them()
    {
        await using var pool = InProcessPool.Start(o => o.Max = 2);
        var first = Work.Remote.WaitAsync("first", InProcessPool.Patience);
        await pool.Gates["first"].Entered;
        var second = Work.Remote.WaitAsync("second", InProcessPool.Patience);
        await pool.Gates["second"].Entered;
        Assert.True(pool.Backend.Lose("test/1", "the machine burnt down"));
        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => first);
        Assert.True(error.MayHaveRun);
        Assert.Contains("the machine burnt down", error.Message, StringComparison.Ordinal);
        pool.Gates["second"].Open();
        await second;
    }

    [Fact]
    public async Task Idempotent_call_runs_again_on_another_executor()
    {
        await using var pool = InProcessPool.Start();
        var call = Work.Remote.WaitAgainAsync("again", InProcessPool.Patience);
        await pool.Gates["again"].Entered;
        pool.Backend.Lose("test/1");
        await pool.UntilAsync(stats => stats.Count == 0);
        pool.Gates["again"].Open();
        pool.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("again", await call);
        Assert.DoesNotContain("test/1", pool.Backend.Alive);
    }

    [Fact]
    public async Task Failed_boot_is_tried_again_for_the_call_that_waits()
    {
        await using var pool = InProcessPool.Start();
        pool.Backend.FailNextBoot("the quota is used up");
        var call = Work.AppendAsync([]);
        await pool.UntilAsync(stats => stats.BootFailuresInARow == 1);
        Assert.False(call.IsCompleted);
        pool.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(await call);
    }

    [Fact]
    public async Task Boots_that_go_on_failing_fail_the_call_with_the_backends_words()
    {
        await using var pool = InProcessPool.Start(o => o.BootTimeout = TimeSpan.FromSeconds(5));
        for (var boot = 0; boot < 100; boot++) pool.Backend.FailNextBoot("the quota is used up");
        var call = Work.AppendAsync([]);
        for (var failures = 1; !call.IsCompleted; failures++)
        {
            await pool.UntilAsync(stats => call.IsCompleted || stats.BootFailuresInARow >= failures);
            pool.Time.Advance(TimeSpan.FromSeconds(2));
        }

        var error = await Assert.ThrowsAsync<BootFailedException>(() => call);
        Assert.Contains("the quota is used up", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_by_that_name_can_be_lost()
    {
        await using var pool = InProcessPool.Start();
        Assert.False(pool.Backend.Lose("test/9"));
        Assert.False(pool.Backend.Silence("test/9"));
    }
}
