using Flame.Executor;

namespace Flame.EndToEnd.Tests.FlameElixir;

/// <summary>What flame_test.exs promises of casts.</summary>
public sealed class CastTests
{
    [Fact]
    public async Task Cast_that_throws_does_not_touch_its_caller_and_is_not_silent()
    {
        await using var pool = await ElixirPool.StartAsync(o => (o.Max, o.IdleShutdownAfter) = (1, TimeSpan.FromMilliseconds(200)));
        using var here = pool.Pools.Use();
        await Work.Cast.RaiseAsync("the cast raises");
        await pool.LoggedAsync("FLM3008");
        Assert.Contains(pool.Log, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("the cast raises", StringComparison.Ordinal));
        Assert.Equal(1, pool.Stats.CastFailures);
        await pool.NextAsync(Growth.Shrink);
    }

    [Fact]
    public async Task Cast_returns_when_it_is_handed_over_and_not_when_it_has_run()
    {
        await using var pool = await ElixirPool.StartAsync(o => o.Max = 1, new InProcessBackend());
        using var here = pool.Pools.Use();
        await Work.Cast.HangWithTimeoutAsync(CancellationToken.None);
        Assert.Equal(1, pool.Stats.Running);
        await pool.UntilAsync(s => s.Running == 0);
    }

    [Fact]
    public async Task Three_casts_at_once_grow_the_pool_to_Max_and_no_further()
    {
        await using var pool = await ElixirPool.StartAsync(o => o.Max = 2);
        using var here = pool.Pools.Use();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Work.Cast.HangWithTimeoutAsync(CancellationToken.None)));
        await pool.UntilAsync(s => s is { Running: 0, Waiting: 0 });
        var starts = new[] { (await pool.NextAsync(Growth.Start)).Size, (await pool.NextAsync(Growth.Start)).Size };
        Assert.Equal(["main/1", "main/2"], starts.Select(s => s.Executor).Order(StringComparer.Ordinal));
        Assert.False(pool.Saw(Growth.Start));
        Assert.Equal(2, pool.Stats.Ready);
    }
}
