namespace Flame.EndToEnd.Tests.Calls;

public abstract class CancellationTests(CarrierPools carrier) : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();

    private static string Key => Guid.NewGuid().ToString();

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _cancel.Dispose();
    }

    [Fact]
    public async Task A_call_with_a_token_that_has_fired_never_runs()
    {
        using var _ = carrier.Pools.Use();
        var key = Key;
        await _cancel.CancelAsync();

        var call = Work.WatchAsync(key, _cancel.Token);

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Patiently());
        Assert.True(call.IsCanceled);
        Assert.Equal(_cancel.Token, error.CancellationToken);
        Assert.Equal(0, carrier.Pools["main"].GetStats().Running);
        Assert.Null(await Work.NotedAsync(key));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_in_the_queue_leaves_it_and_never_runs()
    {
        await using var pools = await carrier.StartAsync(_ => { });
        using var _ = pools.Use();
        using var hold = new CancellationTokenSource();
        var key = Key;
        var holder = Work.HoldAsync(hold.Token);
        var waiting = Work.WatchAsync(key, _cancel.Token);
        await Patience.UntilAsync(() => pools["main"].GetStats() is { Running: 1, Waiting: 1 });

        await _cancel.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Patiently());
        Assert.Equal(_cancel.Token, error.CancellationToken);
        await hold.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => holder.Patiently());
        Assert.Null(await Work.NotedAsync(key).AsTask().Patiently());
        Assert.Equal(0, pools["main"].GetStats().Waiting);
    }

    [Fact]
    public async Task A_running_call_frees_its_caller_at_once_and_its_slot_when_the_method_ends()
    {
        using var _ = carrier.Pools.Use();
        await Patience.UntilAsync(() => carrier.Pools["main"].GetStats().Running == 0);
        var key = Key;
        var call = Work.WatchAsync(key, _cancel.Token);
        await Work.PassAsync(key + "/started").Patiently();

        await _cancel.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Patiently());
        Assert.Equal(_cancel.Token, error.CancellationToken);
        while (await Work.NotedAsync(key) != "cancelled") await Task.Yield();
        // Over a few round trips: the caller's await is long over, and the method still holds its slot.
        for (var i = 0; i < 10; i++) Assert.Equal(3, await Sums.AddAsync(1, 2));
        Assert.Equal(1, carrier.Pools["main"].GetStats().Running);

        await Work.OpenAsync(key + "/release");
        await Patience.UntilAsync(() => carrier.Pools["main"].GetStats().Running == 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_method_that_ignores_its_token_costs_its_executor_once_the_others_there_are_done(bool onThread)
    {
        await using var pools = await carrier.StartAsync(p => (p.MaxConcurrency, p.CancelGrace) = (3, TimeSpan.FromSeconds(0.2)));
        using var _ = pools.Use();
        var key = Key;
        var before = await Sums.ProcessAsync();
        await using var other = Streams.Count(500).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await other.MoveNextAsync());
        var stuck = Work.IgnoreAsync(key, onThread, _cancel.Token);
        await Work.PassAsync(key + "/started").Patiently();

        await _cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stuck.Patiently());
        await Patience.UntilAsync(() => pools["main"].GetStats().Draining == 1);
        await carrier.Log.WhenAsync(l => l.EventId == 3005 && l.Text.Contains("Work.IgnoreAsync ignores its cancellation token", StringComparison.Ordinal));
        var next = Sums.ProcessAsync();

        // The other call on it goes on to its end, and only then the executor is replaced.
        for (var i = 1; i < 500; i++) Assert.True(await other.MoveNextAsync().AsTask().Patiently());
        Assert.False(next.IsCompleted);
        Assert.False(await other.MoveNextAsync().AsTask().Patiently());
        Assert.NotEqual(before, await next.Patiently());
    }

    [Fact]
    public async Task Cancelling_at_any_moment_ends_each_call_once_and_frees_every_slot()
    {
        using var _ = carrier.Pools.Use();
        for (var round = 0; round < 40; round++)
        {
            var sources = Enumerable.Range(0, 50).Select(_ => new CancellationTokenSource()).ToArray();
            var calls = sources.Select(s => Work.HoldAsync(s.Token)).ToArray();
            await Task.WhenAll(sources.Select((s, i) => Task.Run(async () =>
            {
                if (i % 3 == round % 3) await Task.Yield();
                await s.CancelAsync();
            })));
            foreach (var call in calls) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Patiently());
        }

        await Patience.UntilAsync(() => carrier.Pools["main"].GetStats() is { Running: 0, Waiting: 0 });
        Assert.Equal(5, await Sums.AddAsync(2, 3));
    }
}

public sealed class CancellationOverSocketTests(SocketPools pools) : CancellationTests(pools), IClassFixture<SocketPools>;

public sealed class CancellationOverGrpcTests(GrpcPools pools) : CancellationTests(pools), IClassFixture<GrpcPools>;
