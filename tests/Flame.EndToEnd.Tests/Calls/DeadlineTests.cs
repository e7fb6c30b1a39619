using Flame.Backends;

namespace Flame.EndToEnd.Tests.Calls;

public abstract class DeadlineTests(CarrierPools carrier)
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(0.25);

    private static string Key => Guid.NewGuid().ToString();

    [Fact]
    public async Task A_call_that_finds_no_slot_in_time_names_the_queue()
    {
        await using var pools = await carrier.StartAsync(p => (p.Min, p.QueueTimeout) = (1, Short));
        using var _ = pools.Use();
        using var hold = new CancellationTokenSource();
        var holder = Work.HoldAsync(hold.Token);

        var error = await Assert.ThrowsAsync<CallTimeoutException>(() => Sums.AddAsync(2, 3).Patiently());

        Assert.Equal((CallPhase.Queue, "FLM2005", Short), (error.Phase, error.Id, error.Budget));
        Assert.Null(error.Executor);
        Assert.False(holder.IsCompleted);
        await hold.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => holder.Patiently());
        Assert.Equal(5, await Sums.AddAsync(2, 3).Patiently());
    }

    [Fact]
    public async Task A_method_that_takes_too_long_is_named_and_sees_its_token()
    {
        await using var pools = await carrier.StartAsync(p => (p.Timeout, p.MaxConcurrency) = (Short, 8));
        using var _ = pools.Use();
        var key = Key;

        var error = await Assert.ThrowsAsync<CallTimeoutException>(() => Work.WatchAsync(key, TestContext.Current.CancellationToken).Patiently());

        Assert.Equal((CallPhase.Execution, "FLM2006", Short), (error.Phase, error.Id, error.Budget));
        Assert.Equal(("main", "main/1", "Work.WatchAsync"), (error.Pool, error.Executor, error.Method));
        while (await Work.NotedAsync(key) != "cancelled") await Task.Yield();
        Assert.Equal(1, pools["main"].GetStats().Running);
        await Work.OpenAsync(key + "/release");
        await Patience.UntilAsync(() => pools["main"].GetStats().Running == 0);
    }

    [Fact]
    public async Task The_methods_own_limit_counts_for_each_item_that_it_is_mapped_over()
    {
        var error = await Assert.ThrowsAsync<CallTimeoutException>(() =>
            carrier.Pools.ForEachAsync("main", [Key], Work.HurryAsync, ct: TestContext.Current.CancellationToken).Patiently());

        Assert.Equal((CallPhase.Execution, "FLM2006", Short, "Work.HurryAsync"), (error.Phase, error.Id, error.Budget, error.Method));
    }

    [Fact]
    public async Task The_methods_own_limit_wins_over_the_pools()
    {
        using var _ = carrier.Pools.Use();
        var key = Key;
        var error = await Assert.ThrowsAsync<CallTimeoutException>(() => Work.HurryAsync(key, TestContext.Current.CancellationToken).Patiently());
        Assert.Equal((CallPhase.Execution, Short), (error.Phase, error.Budget));
        while (await Work.NotedAsync(key) != "cancelled") await Task.Yield();
    }

    [Fact]
    public async Task A_stream_has_one_limit_for_all_its_items()
    {
        await using var pools = await carrier.StartAsync(p => p.Timeout = Short);
        using var _ = pools.Use();
        var items = 0;
        var error = await Assert.ThrowsAsync<CallTimeoutException>(async () =>
        {
            await foreach (var item in Streams.Endless(Key)) items++;
        });
        Assert.Equal(CallPhase.Execution, error.Phase);
        Assert.True(items > 0);
        await Patience.UntilAsync(() => pools["main"].GetStats().Running == 0);
    }

    [Fact]
    public async Task A_method_that_ignores_its_deadline_costs_its_executor()
    {
        await using var pools = await carrier.StartAsync(p => (p.Timeout, p.CancelGrace) = (Short, Short));
        using var _ = pools.Use();
        var before = await Sums.ProcessAsync();
        var error = await Assert.ThrowsAsync<CallTimeoutException>(
            () => Work.IgnoreAsync(Key, onThread: true, TestContext.Current.CancellationToken).Patiently());
        Assert.Equal(CallPhase.Execution, error.Phase);
        Assert.NotEqual(before, await Sums.ProcessAsync().Patiently());
    }

    [Fact]
    public async Task Ten_thousand_short_calls_under_a_limit_all_end_well()
    {
        await using var pools = await carrier.StartAsync(p => (p.Timeout, p.MaxConcurrency) = (TimeSpan.FromSeconds(30), 64));
        using var _ = pools.Use();
        var sums = await Task.WhenAll(Enumerable.Range(0, 10_000).Select(i => Sums.AddAsync(i, 1))).Patiently();
        Assert.Equal(Enumerable.Range(1, 10_000), sums);
    }

    [Fact]
    public async Task An_executor_that_never_connects_fails_the_waiting_call_with_the_limit_that_it_missed()
    {
        await using var pools = await carrier.StartAsync(
            p => p.BootTimeout = TimeSpan.FromSeconds(0.5), f => f.UseBackend(new LocalProcessBackend("sleep", "600")));
        using var _ = pools.Use();
        var error = await Assert.ThrowsAsync<BootFailedException>(() => Sums.AddAsync(2, 3).Patiently());
        Assert.Equal(("FLM2008", "local"), (error.Id, error.Backend));
        Assert.Contains("0.5 s (BootTimeout)", error.Message, StringComparison.Ordinal);
        Assert.True(error.Attempts >= 1);
    }

    [Fact]
    public async Task A_queue_that_ends_during_a_boot_names_the_queue()
    {
        await using var pools = await carrier.StartAsync(
            p => p.QueueTimeout = Short, f => f.UseBackend(new LocalProcessBackend("sleep", "600")));
        using var _ = pools.Use();
        var error = await Assert.ThrowsAsync<CallTimeoutException>(() => Sums.AddAsync(2, 3).Patiently());
        Assert.Equal((CallPhase.Queue, Short), (error.Phase, error.Budget));
    }
}

public sealed class DeadlinesOverSocketTests(SocketPools pools) : DeadlineTests(pools), IClassFixture<SocketPools>;

public sealed class DeadlinesOverGrpcTests(GrpcPools pools) : DeadlineTests(pools), IClassFixture<GrpcPools>;
