namespace Flame.EndToEnd.Tests.Calls;

/// <summary>The parent's own watch over a call's limit: nothing else ends the wait for a method that ignores its token.</summary>
public sealed class ClockTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(0.25);

    private static CancellationToken Never => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_timer_that_fires_early_does_not_cost_the_call_its_limit()
    {
        await using var pools = await StartAsync(new OddTime(0.5), Short);
        using var _ = pools.Use();
        await Assert.ThrowsAsync<CallTimeoutException>(() => Work.IgnoreAsync("early", onThread: false, Never).Patiently());
    }

    [Fact]
    public async Task A_call_follows_the_clock_of_the_pool_that_it_serves_also_when_it_served_another()
    {
        const int calls = 250;
        var gate = Guid.NewGuid().ToString();
        await using (var stopped = await StartAsync(new OddTime(null), Short))
        {
            using var _ = stopped.Use();
            var passing = Enumerable.Range(0, calls).Select(_ => Work.PassAsync(gate)).ToArray();
            await Work.OpenAsync(gate).Patiently();
            await Task.WhenAll(passing).Patiently();
        }

        await using var pools = await StartAsync(TimeProvider.System, Short);
        using var __ = pools.Use();
        foreach (var call in Enumerable.Range(0, calls).Select(_ => Work.IgnoreAsync("late", onThread: false, Never)).ToArray())
            await Assert.ThrowsAsync<CallTimeoutException>(() => call.Patiently());
    }

    [Fact]
    public async Task Clock_that_jumps_changes_no_limit_and_loses_no_executor()
    {
        var gate = Guid.NewGuid().ToString();
        var time = new JumpingTime();
        await using var pools = await StartAsync(time, TimeSpan.FromMinutes(10));
        using var _ = pools.Use();
        var call = Work.PassAsync(gate);
        await Patience.UntilAsync(() => pools["main"].GetStats() is { Ready: 1, Running: 1 });

        foreach (var years in (int[])[20, -40])
        {
            time.Jump(TimeSpan.FromDays(365 * years));
            Assert.Equal(5, await Sums.AddAsync(2, 3).Patiently());
        }

        await Work.OpenAsync(gate).Patiently();
        await call.Patiently();
        Assert.Equal("main/1", Assert.Single(pools["main"].GetStats().Executors).Name);
    }

    private static Task<FlamePools> StartAsync(TimeProvider time, TimeSpan timeout) => TestPools.StartAsync(f =>
    {
        f.Time = time;
        f.AddPool("main", p =>
        {
            (p.Max, p.MaxConcurrency, p.Timeout) = (1, 1000, timeout);
            (p.CancelGrace, p.ShutdownTimeout) = (TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1));
        });
    });

    /// <summary>The system's clock, which somebody sets.</summary>
    private sealed class JumpingTime : TimeProvider
    {
        private long _ticks;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

        public void Jump(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
    }
}
