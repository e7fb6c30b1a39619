namespace Flame.Executor.Tests.InProcess;

public sealed class OptionsTests
{
    private static readonly TimeSpan s_two = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Timeout_of_a_call_goes_before_the_pools_and_is_named()
    {
        await using var pool = InProcessPool.Start(o => o.Timeout = TimeSpan.FromHours(1));
        var call = Work.Remote.With(new() { Timeout = s_two }).WaitAsync("slow", InProcessPool.Patience);
        await pool.Gates["slow"].Entered;
        pool.Time.Advance(s_two);
        var error = await Assert.ThrowsAsync<CallTimeoutException>(() => call);
        Assert.Equal((CallPhase.Execution, s_two), (error.Phase, error.Budget));
        Assert.Contains("(Timeout of this call)", error.Message, StringComparison.Ordinal);
        await pool.UntilAsync(stats => stats.Running == 0);
        Assert.True(pool.Gates["slow"].Cancelled);
    }

    [Fact]
    public async Task Call_may_have_all_time_where_its_pool_gives_little()
    {
        await using var pool = InProcessPool.Start(o => o.Timeout = s_two);
        var call = Work.Remote.With(new() { Timeout = Timeout.InfiniteTimeSpan }).WaitAsync("patient", InProcessPool.Patience);
        await pool.Gates["patient"].Entered;
        pool.Time.Advance(s_two);
        Assert.False(call.IsCompleted);
        pool.Gates["patient"].Open();
        await call;
    }

    [Fact]
    public async Task Queue_timeout_of_a_call_goes_before_the_pools_and_is_named()
    {
        await using var pool = InProcessPool.Start(o => o.QueueTimeout = TimeSpan.FromHours(1));
        using var hold = pool.Backend.HoldBoots();
        var call = Work.Remote.With(new() { QueueTimeout = s_two }).AppendAsync([]);
        var patient = Work.AppendAsync([]);
        pool.Time.Advance(s_two);
        var error = await Assert.ThrowsAsync<CallTimeoutException>(() => call);
        Assert.Equal((CallPhase.Queue, s_two), (error.Phase, error.Budget));
        Assert.Contains("(QueueTimeout of this call)", error.Message, StringComparison.Ordinal);
        Assert.False(patient.IsCompleted);
        hold.Dispose();
        Assert.Single(await patient);
    }

    [Fact]
    public async Task Call_that_may_run_twice_does_so_when_its_executor_is_lost()
    {
        await using var pool = InProcessPool.Start();
        var call = Work.Remote.With(new() { Idempotent = true }).WaitAsync("again", InProcessPool.Patience);
        await pool.Gates["again"].Entered;
        pool.Backend.Lose("test/1");
        await pool.UntilAsync(stats => stats.Count == 0);
        pool.Gates["again"].Open();
        pool.Time.Advance(TimeSpan.FromSeconds(1));
        await call;
    }

    [Fact]
    public async Task Call_of_an_idempotent_method_that_may_not_run_twice_fails_with_its_executor()
    {
        await using var pool = InProcessPool.Start();
        var call = Work.Remote.With(new() { Idempotent = false }).WaitAgainAsync("once", InProcessPool.Patience);
        await pool.Gates["once"].Entered;
        pool.Backend.Lose("test/1");
        await Assert.ThrowsAsync<ExecutorLostException>(() => call);
    }

    [Fact]
    public async Task Options_of_one_call_are_none_of_the_next()
    {
        await using var pool = InProcessPool.Start();
        await Work.Remote.With(new() { Timeout = s_two }).ScopeAsync();
        var call = Work.Remote.WaitAsync("next", InProcessPool.Patience);
        await pool.Gates["next"].Entered;
        pool.Time.Advance(s_two);
        pool.Gates["next"].Open();
        await call;
    }

    [Fact]
    public async Task Cast_has_options_too()
    {
        await using var pool = InProcessPool.Start();
        using var hold = pool.Backend.HoldBoots();
        var cast = Work.Cast.With(new() { QueueTimeout = s_two }).WaitAsync("cast", InProcessPool.Patience);
        pool.Time.Advance(s_two);
        Assert.Equal(CallPhase.Queue, (await Assert.ThrowsAsync<CallTimeoutException>(() => cast)).Phase);
    }

    [Fact]
    public async Task Stream_has_options_too()
    {
        await using var pool = InProcessPool.Start();
        using var hold = pool.Backend.HoldBoots();
        var items = Work.Remote.With(new() { QueueTimeout = s_two }).CountAsync(3, InProcessPool.Patience).ToListAsync(InProcessPool.Patience).AsTask();
        pool.Time.Advance(s_two);
        Assert.Equal(CallPhase.Queue, (await Assert.ThrowsAsync<CallTimeoutException>(() => items)).Phase);
    }

    [Fact]
    public async Task Method_of_an_object_has_options_too()
    {
        await using var pool = InProcessPool.Start();
        var call = new CallScope(new Disposals()).Remote.With(new() { Timeout = s_two }).WaitHereAsync("here", InProcessPool.Patience);
        await pool.Gates["here"].Entered;
        pool.Time.Advance(s_two);
        Assert.Equal(CallPhase.Execution, (await Assert.ThrowsAsync<CallTimeoutException>(() => call)).Phase);
    }

    [Fact]
    public async Task Detached_call_goes_on_when_its_pool_ends_and_an_ordinary_one_does_not()
    {
        var pool = InProcessPool.Start(o => (o.Max, o.ShutdownTimeout) = (2, TimeSpan.FromSeconds(10)));
        var detached = Work.Remote.With(new() { Detached = true, Timeout = TimeSpan.FromHours(1) }).WaitAsync("detached", InProcessPool.Patience);
        await pool.Gates["detached"].Entered;
        var ordinary = Work.Remote.WaitAsync("ordinary", InProcessPool.Patience);
        await pool.Gates["ordinary"].Entered;
        var ended = pool.Pools.DisposeAsync().AsTask();
        await pool.UntilAsync(stats => stats.Draining == 2);
        pool.Time.Advance(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAsync<ExecutorLostException>(() => ordinary);
        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => detached);
        Assert.Contains("goes on without it", error.Reason, StringComparison.Ordinal);
        await ended;
        await pool.UntilAsync(_ => pool.Gates["ordinary"].Cancelled);
        Assert.False(pool.Gates["detached"].Cancelled);
        pool.Gates["detached"].Open();
        await pool.UntilAsync(_ => pool.Backend.Alive.Count == 0);
        Assert.False(pool.Gates["detached"].Cancelled);
    }

    [Fact]
    public async Task Detached_call_that_goes_on_is_not_run_again()
    {
        var pool = InProcessPool.Start(o => o.ShutdownTimeout = TimeSpan.FromSeconds(10));
        var call = Work.Remote.With(new() { Detached = true, Timeout = TimeSpan.FromHours(1) }).WaitAgainAsync("once", InProcessPool.Patience);
        await pool.Gates["once"].Entered;
        var ended = pool.Pools.DisposeAsync().AsTask();
        await pool.UntilAsync(stats => stats.Draining == 1);
        pool.Time.Advance(TimeSpan.FromSeconds(10));
        while (!call.IsCompleted)
        {
            pool.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => call);
        Assert.Contains("goes on without it", error.Reason, StringComparison.Ordinal);
        await ended;
        pool.Gates["once"].Open();
        await pool.UntilAsync(_ => pool.Backend.Alive.Count == 0);
        Assert.False(pool.Gates["once"].Cancelled);
    }

    [Fact]
    public async Task Stream_cannot_be_detached()
    {
        await using var pool = InProcessPool.Start();
        var error = Assert.Throws<InvalidOperationException>(() => { _ = Work.Remote.With(new() { Detached = true }).CountAsync(3, default); });
        Assert.StartsWith("FLM2015: Work.CountAsync is a stream", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5000)]
    [InlineData(int.MaxValue + 1L)]
    public void Time_that_cannot_be_is_refused_where_it_is_set(long milliseconds)
    {
        var time = TimeSpan.FromMilliseconds(milliseconds);
        Assert.Equal("Timeout", Assert.ThrowsAny<ArgumentException>(() => new FlameCallOptions { Timeout = time }).ParamName);
        var error = Assert.ThrowsAny<ArgumentException>(() => new FlameCallOptions { QueueTimeout = time });
        Assert.StartsWith("FLM2015: QueueTimeout is", error.Message, StringComparison.Ordinal);
    }
}
