using Flame.EndToEnd.Tests.Calls;
using Flame.Executor;
using Flame.Grpc;
using Flame.Links;

namespace Flame.EndToEnd.Tests.Limits;

/// <summary>Code that waits by blocking, on all the threads that there are.</summary>
public abstract class BlockedTests(Action<FlameBuilder> carry)
{
    private const int Blocked = 200;

    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(1);

    // A silent link is lost after four.
    private static readonly TimeSpan s_longerThanSilence = s_heartbeat * (Heartbeat.Allowed + 3);

    [Fact]
    public async Task Methods_that_block_every_thread_cost_no_heartbeat_no_cancellation_and_no_other_call()
    {
        var key = Guid.NewGuid().ToString();
        await using var pools = await StartAsync(executors: 1);
        using var _ = pools.Use();
        using var cancel = new CancellationTokenSource();
        var watch = Work.WatchAsync(key, cancel.Token);
        await Work.PassAsync(key + "/started").Patiently();
        var blocked = Enumerable.Range(0, Blocked).Select(_ => Blocking.BlockAsync(key)).ToArray();

        Assert.Equal(5, await Sums.AddAsync(2, 3).Patiently());
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch.Patiently());
        while (await Work.NotedAsync(key).AsTask().Patiently() != "cancelled") await Task.Yield();
        await Work.OpenAsync(key + "/release").Patiently();
        await Task.Delay(s_longerThanSilence, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(blocked, static call => call.IsCompleted);

        await Blocking.OpenAsync(key).Patiently();
        Assert.Single((await Task.WhenAll(blocked).Patiently()).Distinct());
        Assert.Equal("main/1", Assert.Single(pools["main"].GetStats().Executors).Name);
    }

    [Fact]
    public async Task Parent_whose_every_thread_is_blocked_loses_no_executor()
    {
        var key = Guid.NewGuid().ToString();
        await using var pools = await StartAsync(executors: 2);
        using var _ = pools.Use();
        var held = new[] { Work.PassAsync(key), Work.PassAsync(key) };
        await Patience.UntilAsync(() => pools["main"].GetStats() is { Ready: 2, Running: 2 });
        using (var threads = new BlockedThreads(Blocked))
        {
            await Task.Delay(s_longerThanSilence, TestContext.Current.CancellationToken);
            Assert.Equal(5, await Sums.AddAsync(2, 3).Patiently());
            Assert.Equal(Blocked, threads.Count);
            Assert.DoesNotContain(held, static call => call.IsFaulted);
            Assert.Equal(["main/1", "main/2"], pools["main"].GetStats().Executors.Select(static e => e.Name).Order());
        }

    }

    private Task<FlamePools> StartAsync(int executors) => TestPools.StartAsync(flame =>
    {
        carry(flame);
        flame.Heartbeat = s_heartbeat;
        flame.AddPool("main", p => (p.Min, p.Max, p.MaxConcurrency, p.ShutdownTimeout) = (executors, executors, (Blocked + 10) / executors, TimeSpan.FromSeconds(2)));
    });
}

public sealed class BlockedOverUnixTests() : BlockedTests(_ => { });

public sealed class BlockedOverGrpcTests() : BlockedTests(f => f.UseGrpc());

public sealed class BlockedInProcessTests() : BlockedTests(f => f.UseBackend(new InProcessBackend()));
