using Microsoft.Extensions.Time.Testing;

namespace Flame.Executor.Tests.Telemetry;

/// <summary>What the meter says of a pool. Its name is no constant, else it would have to be declared wherever this assembly has pools.</summary>
public sealed class MetricTests
{
    private static readonly TaskCompletionSource s_entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static readonly TaskCompletionSource s_leave = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_is_measured_from_its_wish_to_its_end_with_what_it_was_and_how_it_ended()
    {
        var pool = "measured-call";
        await using var pools = await StartAsync(pool);
        using var seen = new Measured(pool);
        var sum = await pools.CallAsync(pool, static () => 42, Patience);
        await Assert.ThrowsAsync<InvalidDataException>(() => pools.CallAsync(pool, static () => throw new InvalidDataException("no"), Patience));
        var calls = seen.Of("rpc.client.call.duration");
        Assert.Equal(["succeeded", "failed"], calls.Select(call => call.Tags["flame.call.outcome"]));
        Assert.All(calls, call => Assert.Equal("flame", call.Tags["rpc.system.name"]));
        Assert.Equal([null, "System.IO.InvalidDataException"], calls.Select(call => call.Tags.GetValueOrDefault("error.type")));
        Assert.Equal(2, seen.Of("flame.pool.queue.wait").Length);
        Assert.Equal(42, sum);
    }

    [Fact]
    public async Task Bytes_are_counted_in_both_directions()
    {
        var pool = "measured-bytes";
        await using var pools = await StartAsync(pool);
        using var seen = new Measured(pool);
        var sent = new byte[100_000];
        Assert.Equal(200_000, (await pools.CallAsync(pool, () => new byte[sent.Length * 2], Patience)).Length);
        var bytes = seen.Of("flame.payload.io").ToDictionary(one => (string)one.Tags["network.io.direction"]!, one => one.Value);
        Assert.InRange(bytes["transmit"], 100_000, 101_000);
        Assert.InRange(bytes["receive"], 200_000, 201_000);
    }

    [Fact]
    public async Task State_of_a_pool_is_read_when_somebody_collects()
    {
        var pool = "measured-state";
        await using var pools = await StartAsync(pool, options => (options.Max, options.MaxConcurrency) = (1, 1));
        using var seen = new Measured(pool);
        using var cancel = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 3).Select(_ => pools.CallAsync(pool, static ct => Task.Delay(Timeout.Infinite, ct), cancel.Token)).ToArray();
        while (pools[pool].GetStats() is not { Running: 1, Waiting: 2 }) await Task.Yield();
        Assert.Equal((0, 0, 1, 0), States());
        Assert.Equal(2, seen.Read("flame.pool.queue.length", "flame.pool")[pool]);
        Assert.Equal(1, seen.Read("flame.pool.calls.active", "flame.pool")[pool]);
        await cancel.CancelAsync();
        foreach (var call in calls) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        while (pools[pool].GetStats().Running > 0) await Task.Yield();
        Assert.Equal((0, 1, 0, 0), States());

        (double, double, double, double) States()
        {
            var states = seen.Read("flame.pool.executors", "flame.executor.state");
            return (states["booting"], states["idle"], states["busy"], states["draining"]);
        }
    }

    [Fact]
    public async Task Time_of_executors_is_counted_by_pool_and_that_of_slots_by_method_and_tag()
    {
        var pool = "measured-time";
        var time = new FakeTimeProvider();
        await using var pools = await StartAsync(pool, more: flame => flame.Time = time);
        using var seen = new Measured(pool);
        var call = pools.With(new FlameCallOptions { Tag = "tenant" }).CallAsync(pool, static () => StayAsync(), Patience);
        await s_entered.Task.WaitAsync(Patience);
        time.Advance(TimeSpan.FromSeconds(3));
        s_leave.SetResult();
        await call;
        while (seen.Of("flame.lease.time").Length == 0) await Task.Yield();
        var lease = seen.Of("flame.lease.time").Single();
        Assert.Equal((3.0, "tenant"), (lease.Value, lease.Tags["flame.tag"]));
        Assert.Equal(3, seen.Read("flame.executor.time", "flame.pool")[pool]);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(5, seen.Read("flame.executor.time", "flame.pool")[pool]);
    }

    [Fact]
    public async Task Boot_is_measured_with_its_outcome_and_its_known_parts()
    {
        var pool = "measured-boot";
        await using var pools = await StartAsync(pool);
        using var seen = new Measured(pool);
        await pools.CallAsync(pool, static () => { }, Patience);
        Assert.Equal("succeeded", seen.Of("flame.executor.boot.duration").Single().Tags["flame.boot.outcome"]);
        Assert.Equal(["enter"], seen.Of("flame.executor.boot.part.duration").Select(part => part.Tags["flame.boot.part"]));
    }

    private static Task StayAsync()
    {
        s_entered.SetResult();
        return s_leave.Task;
    }

    private static Task<FlamePools> StartAsync(string pool, Action<FlamePoolOptions>? configure = null, Action<FlameBuilder>? more = null) =>
        FlameApplication.StartAsync(
            flame =>
            {
                flame.AddPool(pool, configure, new InProcessBackend());
                foreach (var method in CompilerServices.MethodTable.Snapshot()) flame.AddPool(method.Pool ?? FlamePoolOptions.DefaultPoolName);
                more?.Invoke(flame);
            },
            ct: Patience);
}
