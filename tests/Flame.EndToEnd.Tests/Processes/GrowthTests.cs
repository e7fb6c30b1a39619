using System.Collections.Concurrent;
using Flame.EndToEnd.Tests.Calls;

namespace Flame.EndToEnd.Tests.Processes;

public sealed class GrowthTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task A_pool_grows_to_its_maximum_under_load_and_back_to_nothing()
    {
        using var gate = new Gate();
        await using var pools = await StartAsync(p => (p.Max, p.MaxConcurrency, p.IdleShutdownAfter) = (3, 2, s_soon));
        var pool = pools["main"];
        Assert.Equal(0, pool.GetStats().Count);

        var calls = PassAll(gate, 9);
        var first = await gate.NextAsync(6);
        var full = pool.GetStats();
        Assert.Equal((3, 0, 6, 3), (full.Ready, full.Booting, full.Running, full.Waiting));
        Assert.All(first.GroupBy(v => v.Process), at => Assert.Equal(2, at.Count()));
        Assert.False(gate.HasNext);

        foreach (var visitor in first) visitor.LetGo();
        foreach (var visitor in await gate.NextAsync(3)) visitor.LetGo();
        await Task.WhenAll(calls).Patiently();

        await Patience.UntilAsync(() => pool.GetStats() is { Count: 0, Running: 0, Waiting: 0 });
        foreach (var process in first.Select(v => v.Process).Distinct()) await Signals.GoneAsync(process);
        Assert.Equal(5, await Sums.AddAsync(2, 3));
    }

    [Fact]
    public async Task The_minimum_is_up_at_the_start_and_stays_when_the_rest_goes()
    {
        using var gate = new Gate();
        await using var pools = await StartAsync(p => (p.Min, p.Max, p.IdleShutdownAfter) = (1, 3, s_soon));
        var pool = pools["main"];
        Assert.Equal((1, 1), (pool.GetStats().Ready, pool.GetStats().Count));

        var calls = PassAll(gate, 3);
        foreach (var visitor in await gate.NextAsync(3)) visitor.LetGo();
        await Task.WhenAll(calls).Patiently();
        await Patience.UntilAsync(() => pool.GetStats().Count == 1);
        await Task.Delay(s_soon * 2);

        Assert.Equal((1, 1), (pool.GetStats().Ready, pool.GetStats().Count));
    }

    [Fact]
    public async Task A_pool_that_is_not_used_gives_up_its_minimum_and_the_next_call_brings_it_back()
    {
        await using var pools = await StartAsync(p => (p.Min, p.Max, p.MinIdleShutdownAfter) = (2, 2, s_soon * 10));
        await Patience.UntilAsync(() => pools["main"].GetStats().Count == 0);

        Assert.Equal(5, await Sums.AddAsync(2, 3));
        await Patience.UntilAsync(() => pools["main"].GetStats().Ready == 2);
    }

    [Fact]
    public async Task A_busy_pool_keeps_its_buffer_ready()
    {
        using var gate = new Gate();
        await using var pools = await StartAsync(p => (p.Max, p.Buffer, p.IdleShutdownAfter) = (3, 1, s_soon));
        var pool = pools["main"];
        var calls = PassAll(gate, 1);
        var visitor = await gate.NextAsync();
        await Patience.UntilAsync(() => pool.GetStats() is { Ready: 2, Running: 1 });

        // The spare one is not for the idle line while the pool is busy.
        await Task.Delay(s_soon * 2);
        Assert.Equal(2, pool.GetStats().Ready);

        visitor.LetGo();
        await Task.WhenAll(calls).Patiently();
        await Patience.UntilAsync(() => pool.GetStats().Count == 0);
    }

    [Fact]
    public async Task A_call_beyond_the_queue_is_refused_and_disturbs_no_other()
    {
        using var gate = new Gate();
        await using var pools = await StartAsync(p => (p.Max, p.QueueLimit) = (1, 2));
        var calls = PassAll(gate, 1);
        var running = await gate.NextAsync();
        var waiting = PassAll(gate, 2);
        await Patience.UntilAsync(() => pools["main"].GetStats().Waiting == 2);

        var error = await Assert.ThrowsAsync<QueueFullException>(() => Sums.AddAsync(2, 3));
        Assert.Equal(("FLM2007", 2, "main"), (error.Id, error.Limit, error.Pool));

        running.LetGo();
        foreach (var _ in waiting) (await gate.NextAsync()).LetGo();
        await Task.WhenAll([.. calls, .. waiting]).Patiently();
    }

    [Fact]
    public async Task Single_use_gives_each_call_a_process_of_its_own()
    {
        await using var pools = await StartAsync(p => (p.Max, p.SingleUse) = (2, true));
        var processes = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Sums.ProcessAsync())).Patiently();

        Assert.Equal(5, processes.Distinct().Count());
        foreach (var process in processes) await Signals.GoneAsync(process);
        await Patience.UntilAsync(() => pools["main"].GetStats().Count == 0);
    }

    [Fact]
    public async Task The_callbacks_tell_each_boot_and_each_end_of_an_executor()
    {
        var told = new ConcurrentQueue<string>();
        await using (var pools = await StartAsync(p =>
        {
            p.Max = 1;
            p.OnGrowStart = size => told.Enqueue($"start {size.Pool} {size.Executor} {size.Count}");
            p.OnGrowEnd = (size, error) => told.Enqueue($"end {size.Executor} {size.Count} {error?.Message}");
            p.OnShrink = size => told.Enqueue($"shrink {size.Executor} {size.Count}");
        }))
        {
            var process = await Sums.ProcessAsync();
            await Patience.UntilAsync(() => told.Count == 2);
            await Signals.KillAsync(process);
            await Patience.UntilAsync(() => told.Count == 3);
            await Sums.ProcessAsync();
            await Patience.UntilAsync(() => told.Count == 5);
        }

        await Patience.UntilAsync(() => told.Count == 6);
        Assert.Equal(
            ["start main main/1 1", "end main/1 1 ", "shrink main/1 0", "start main main/2 1", "end main/2 1 ", "shrink main/2 0"], told);
    }

    [Fact]
    public async Task A_snapshot_names_the_executors_and_what_they_do()
    {
        using var gate = new Gate();
        await using var pools = await StartAsync(p => (p.Max, p.MaxConcurrency) = (1, 3));
        var calls = PassAll(gate, 2);
        var visitors = await gate.NextAsync(2);

        var stats = pools["main"].GetStats();
        var executor = Assert.Single(stats.Executors);
        Assert.Equal(("main", 1, 2, 0), (stats.Pool, stats.Ready, stats.Running, stats.Waiting));
        Assert.Equal(("main/1", $"process {visitors[0].Process}", 2), (executor.Name, executor.Description, executor.Running));
        Assert.True(executor.BootTime > TimeSpan.Zero);

        foreach (var visitor in visitors) visitor.LetGo();
        await Task.WhenAll(calls).Patiently();
    }

    [Fact]
    public async Task Draining_pools_refuse_new_and_waiting_calls_and_end_with_the_last_running_one()
    {
        using var gate = new Gate();
        var pools = await StartAsync(p => p.Max = 1);
        var running = PassAll(gate, 1)[0];
        var visitor = await gate.NextAsync();
        var waiting = Sums.AddAsync(1, 1);
        var drained = pools.DisposeAsync().AsTask();

        await Assert.ThrowsAsync<PoolDrainingException>(() => waiting.Patiently());
        await Assert.ThrowsAsync<PoolDrainingException>(() => Sums.AddAsync(2, 3).Patiently());
        Assert.False(drained.IsCompleted);
        visitor.LetGo();

        Assert.Equal(visitor.Process, await running.Patiently());
        await drained.Patiently();
        Assert.False(Signals.IsAlive(visitor.Process));
        await pools.DisposeAsync();
    }

    private static Task<FlamePools> StartAsync(Action<FlamePoolOptions> configure) => TestPools.StartAsync(f => f.AddPool("main", configure));

    private static Task<int>[] PassAll(Gate gate, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Gates.PassAsync(gate.Port, CancellationToken.None))];
}
