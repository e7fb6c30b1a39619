using Flame.Executor.Tests.Links;

namespace Flame.Executor.Tests.InProcess;

/// <summary>What a test can have the backend do, and what it sees of its executors.</summary>
public sealed class ScriptTests
{
    [Fact]
    public async Task Held_boot_comes_up_when_it_is_let_go()
    {
        await using var pool = InProcessPool.Start();
        var hold = pool.Backend.HoldBoots();
        var call = Work.AppendAsync([]);
        await pool.UntilAsync(stats => stats.Booting == 1);
        Assert.Empty(pool.Backend.Alive);
        Assert.False(call.IsCompleted);
        hold.Dispose();
        Assert.Single(await call);
    }

    [Fact]
    public async Task Call_that_waits_for_a_held_boot_runs_out_of_its_queue_time()
    {
        await using var pool = InProcessPool.Start(o => o.QueueTimeout = TimeSpan.FromSeconds(3));
        using var hold = pool.Backend.HoldBoots();
        var call = Work.AppendAsync([]);
        pool.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(CallPhase.Queue, (await Assert.ThrowsAsync<CallTimeoutException>(() => call)).Phase);
    }

    [Fact]
    public async Task What_a_method_logs_reaches_the_parents_log_under_its_executors_name()
    {
        var log = new LogRecorder();
        await using var pools = await FlameApplication.StartAsync(flame => flame.AddPool("test", backend: new InProcessBackend()), loggers: log, ct: InProcessPool.Patience);
        using (pools.Use()) await Work.Remote.LogAsync("it is done");
        await Patience.UntilAsync(() => log.Has("[test/1] Work: it is done"));
    }
}
