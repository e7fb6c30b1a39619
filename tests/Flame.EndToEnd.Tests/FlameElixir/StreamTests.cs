using Flame.Executor;
using Microsoft.Extensions.Time.Testing;

namespace Flame.EndToEnd.Tests.FlameElixir;

/// <summary>
/// What flame_test.exs promises of children and tracked resources, which keep a runner and a slot for as long as they
/// live, shown by what does so here: a stream that somebody reads.
/// </summary>
public sealed class StreamTests
{
    [Fact]
    public async Task Stream_holds_its_executor_beyond_the_idle_time_until_it_is_left()
    {
        var time = new FakeTimeProvider();
        await using var pool = await ElixirPool.StartAsync(
            o => (o.Max, o.IdleShutdownAfter) = (1, TimeSpan.FromSeconds(30)), new InProcessBackend(time: time), ElixirPool.OnClock(time));
        using var here = pool.Pools.Use();
        var held = await Work.HeldAsync();
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal((1, 1), (pool.Stats.Ready, pool.Stats.Running));

        await held.DisposeAsync();
        await pool.UntilAsync(s => s.Running == 0);
        Assert.Equal(1, pool.Stats.Ready);
        time.Advance(TimeSpan.FromSeconds(30));
        await pool.NextAsync(Growth.Shrink);
    }

    [Fact]
    public async Task Slot_of_a_stream_is_free_only_once_it_is_left()
    {
        await using var pool = await ElixirPool.StartAsync(o => o.Max = 1);
        using var here = pool.Pools.Use();
        var held = await Work.HeldAsync();
        var pid = held.Current;
        var next = Work.PidAsync();
        await pool.UntilAsync(s => s.Waiting == 1);
        await held.DisposeAsync();
        Assert.Equal(pid, await next);
    }

    [Fact]
    public async Task Lost_executor_ends_the_stream_at_its_reader()
    {
        var backend = new InProcessBackend();
        await using var pool = await ElixirPool.StartAsync(o => o.Max = 1, backend);
        using var here = pool.Pools.Use();
        await using var held = await Work.HeldAsync();
        Assert.True(backend.Lose(Assert.Single(backend.Alive), "its machine burns"));
        var error = await Assert.ThrowsAsync<ExecutorLostException>(async () => await held.MoveNextAsync());
        Assert.Contains("its machine burns", error.Reason, StringComparison.Ordinal);
    }
}
