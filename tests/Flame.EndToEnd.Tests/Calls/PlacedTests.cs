namespace Flame.EndToEnd.Tests.Calls;

public abstract class PlacedTests(CarrierPools carrier)
{
    [Fact]
    public async Task An_object_lives_in_one_process_until_its_handle_is_disposed()
    {
        var start = 40;
        var counter = await carrier.Pools.PlaceAsync("main", () => new RemoteCounter(start));
        Assert.Equal(41, await counter.Next());
        Assert.Equal(42, await counter.Next());
        Assert.NotEqual(Environment.ProcessId, await counter.Process());
        Assert.Equal(2000, (await Task.WhenAll(Enumerable.Range(0, 2000).Select(_ => counter.Next())).Patiently()).Distinct().Count());
        await counter.DisposeAsync().AsTask().Patiently();
        await Patience.UntilAsync(() => carrier.Pools["main"].GetStats().Running == 0);
    }

    [Fact]
    public async Task Large_arguments_and_results_travel_whole()
    {
        await using var counter = await carrier.Pools.PlaceAsync("main", () => new RemoteCounter(0));
        var bytes = new byte[5_000_000];
        Random.Shared.NextBytes(bytes);
        Assert.Equal(bytes, await counter.EchoAsync(bytes).Patiently());
    }

    [Fact]
    public async Task A_killed_executor_fails_what_its_object_was_asked()
    {
        await using var pools = await carrier.StartAsync(options => options.MaxConcurrency = 4);
        await using var counter = await pools.PlaceAsync("main", () => new RemoteCounter(0));
        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => counter.DieAsync().Patiently());
        Assert.True(error.MayHaveRun);
        await counter.Ended.Patiently();
        await Assert.ThrowsAsync<ExecutorLostException>(() => counter.Next());
        await using var another = await pools.PlaceAsync("main", () => new RemoteCounter(7)).Patiently();
        Assert.Equal(8, await another.Next());
    }
}

public sealed class SocketPlacedTests(SocketPools carrier) : PlacedTests(carrier), IClassFixture<SocketPools>;

public sealed class GrpcPlacedTests(GrpcPools carrier) : PlacedTests(carrier), IClassFixture<GrpcPools>;

[FlameObject]
internal sealed class RemoteCounter(int start)
{
    private int _value = start;

    public int Next() => ++_value;

    public int Process() => Environment.ProcessId;

    public Task<byte[]> EchoAsync(byte[] bytes) => Task.FromResult(bytes);

    public Task DieAsync()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        self.Kill();
        return Task.Delay(Timeout.Infinite);
    }
}
