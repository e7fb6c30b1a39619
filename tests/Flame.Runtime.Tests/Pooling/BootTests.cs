using Xunit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Flame.Tests.Pooling;

/// <summary>Boots from the first wish to the first ready executor, or to nothing left behind.</summary>
public sealed class BootTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedBackend _backend = new();
    private readonly FlamePools _pools;

    public BootTests()
    {
        var builder = new FlameBuilder { Time = _time };
        builder.AddPool("default", pool => (pool.Min, pool.Max, pool.BootTimeout) = (1, 1, TimeSpan.FromSeconds(30)), _backend);
        _pools = new FlamePools(builder, NullLoggerFactory.Instance);
    }

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_waits_for_the_minimum()
    {
        var started = _pools.StartAsync(Patience);
        var boot = await _backend.NextAsync();
        boot.Made.SetResult(boot);
        Assert.False(started.IsCompleted);
        await using var link = await boot.ConnectAsync();
        await started.WaitAsync(Patience);
        Assert.Equal(1, _pools["default"].GetStats().Ready);
    }

    [Fact]
    public async Task Failure_that_may_pass_is_tried_again_before_start_gives_up()
    {
        var started = _pools.StartAsync(Patience);
        (await _backend.NextAsync()).Fail("the quota is used up");
        await FailuresAsync(1);
        Assert.False(started.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = await _backend.NextAsync();
        second.Made.SetResult(second);
        await using var link = await second.ConnectAsync();
        await started.WaitAsync(Patience);
    }

    [Fact]
    public async Task Start_gives_up_with_the_backends_words_once_a_boots_budget_is_used_up()
    {
        var started = _pools.StartAsync(Patience);
        (await _backend.NextAsync()).Fail("the quota is used up");
        await FailuresAsync(1);
        _time.Advance(TimeSpan.FromSeconds(31));
        (await _backend.NextAsync()).Fail("the quota is still used up");
        var error = await Assert.ThrowsAsync<BootFailedException>(() => started.WaitAsync(Patience));
        Assert.Contains("the quota is still used up", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_that_cannot_pass_ends_the_start_at_once()
    {
        var started = _pools.StartAsync(Patience);
        (await _backend.NextAsync()).Fail("there is no such image", permanent: true);
        var error = await Assert.ThrowsAsync<BootFailedException>(() => started.WaitAsync(Patience));
        Assert.Contains("there is no such image", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Boot_that_takes_longer_than_its_budget_is_removed()
    {
        _ = _pools.StartAsync(Patience);
        var boot = await _backend.NextAsync();
        boot.Made.SetResult(boot);
        _time.Advance(TimeSpan.FromSeconds(30));
        await boot.Stopped.Task.WaitAsync(Patience);
        await FailuresAsync(1);
        Assert.Equal(0, _pools["default"].GetStats().Ready);
    }

    [Fact]
    public async Task Executor_that_connects_and_leaves_before_its_boot_is_over_is_a_failed_boot()
    {
        _ = _pools.StartAsync(Patience);
        var boot = await _backend.NextAsync();
        await using (await boot.ConnectAsync())
        {
        }

        boot.Exit("exited with code 3");
        boot.Made.SetResult(boot);
        await boot.Stopped.Task.WaitAsync(Patience);
        await UntilAsync(stats => stats is { BootFailuresInARow: 1, Ready: 0, Booting: 0, Draining: 0 });
    }

    [Fact]
    public async Task Drain_ends_an_executor_that_connected_while_its_boot_still_ran()
    {
        _ = _pools.StartAsync(Patience);
        var boot = await _backend.NextAsync();
        await using var link = await boot.ConnectAsync();
        var drained = _pools.DrainAsync();
        boot.Made.TrySetResult(boot);
        await drained.WaitAsync(Patience);
        Assert.Equal(0, await link.ReadAsync(new byte[1], Patience));
    }

    [Fact]
    public async Task Boot_that_is_given_up_because_the_pool_drains_has_not_failed()
    {
        var started = _pools.StartAsync(Patience);
        var boot = await _backend.NextAsync();
        boot.Made.SetResult(boot);
        await _pools.DrainAsync().WaitAsync(Patience);
        await Assert.ThrowsAsync<PoolDrainingException>(() => started.WaitAsync(Patience));
        Assert.True(boot.Stopped.Task.IsCompleted);
        Assert.Equal(0, _pools["default"].GetStats().BootFailuresInARow);
    }

    public async ValueTask DisposeAsync()
    {
        var disposed = _pools.DisposeAsync().AsTask();
        while (!disposed.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    private Task FailuresAsync(int count) => UntilAsync(stats => stats.BootFailuresInARow >= count);

    private async Task UntilAsync(Func<FlamePoolStats, bool> reached)
    {
        while (!reached(_pools["default"].GetStats()))
        {
            Patience.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
