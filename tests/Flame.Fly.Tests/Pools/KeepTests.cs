using Flame.Doubles.Fly;
using Flame.Fly.Boots;

namespace Flame.Fly.Tests.Pools;

public sealed class KeepTests : IAsyncLifetime
{
    private readonly LogRecorder _log = new();
    private FlyDouble _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await Cloud.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task A_machine_is_kept_stopped_and_started_again_by_a_later_run()
    {
        await RunAsync();
        var kept = Assert.Single(_cloud.Live);
        Assert.Equal("stopped", kept.State);
        Assert.False((bool?)kept.Config["auto_destroy"]);
        var before = kept.Env("FLAME_PARENT");

        await RunAsync();

        Assert.Same(kept, Assert.Single(_cloud.Machines));
        Assert.NotEqual(before, kept.Env("FLAME_PARENT"));
        Assert.Equal("stopped", kept.State);
        Assert.False(kept.HasLease);
        Assert.Contains(_log.Lines, line => line.Contains("FLM3025"));
    }

    [Fact]
    public async Task A_suspended_machine_is_started_too()
    {
        await RunAsync();
        using var http = new HttpClient { DefaultRequestHeaders = { { "Authorization", "FlyV1 " + _cloud.Token } } };
        using var suspended = await http.PostAsync($"{_cloud.Address}/v1/apps/{_cloud.App}/machines/{_cloud.Live.Single().Id}/suspend", null);
        Assert.True(suspended.IsSuccessStatusCode);

        await RunAsync();

        Assert.Single(_cloud.Machines);
    }

    [Fact]
    public async Task No_more_are_kept_than_was_said()
    {
        await using (await FlyPools.StartAsync(_cloud, fly => fly.KeepStopped = 1, pool => (pool.Min, pool.Max) = (3, 3)))
            Assert.Equal(3, _cloud.Live.Count());

        Assert.Single(_cloud.Live);
    }

    [Fact]
    public async Task A_machine_of_another_build_is_not_started_and_swept_once_its_parent_is_gone()
    {
        await RunAsync();
        var kept = _cloud.Live.Single();
        kept.Config["metadata"]![FlyMarks.Build] = "0000000000000000";
        kept.Config["metadata"]![FlyMarks.ParentProcess] = "1999999999@1";

        await RunAsync();

        Assert.Equal(2, _cloud.Machines.Count);
        await kept.Destroyed.WaitAsync(Cloud.Patience);
    }

    [Fact]
    public async Task One_that_somebody_else_has_leased_is_left_to_him()
    {
        await RunAsync();
        var kept = _cloud.Live.Single();
        using var client = Cloud.Client(_cloud);
        await client.LeaseAsync(kept.Id, TimeSpan.FromMinutes(1), Cloud.Patience);

        await RunAsync(keep: 2);

        Assert.Equal(2, _cloud.Machines.Count);
        Assert.Equal(2, _cloud.Live.Count());
    }

    [Fact]
    public async Task One_that_cannot_be_started_is_removed_and_a_new_one_made()
    {
        await RunAsync();
        var kept = _cloud.Live.Single();
        _cloud.Faults.Next("start", new FlyFault(400, """{"error":"no"}"""));

        await RunAsync();

        await kept.Destroyed.WaitAsync(Cloud.Patience);
        Assert.Equal(2, _cloud.Machines.Count);
    }

    [Fact]
    public async Task A_machine_that_was_killed_or_failed_is_not_kept_when_it_hangs()
    {
        await using (var pools = await FlyPools.StartAsync(_cloud, fly => fly.KeepStopped = 1))
        {
            await Work.ProcessAsync();
            _cloud.Live.Single().Signal(Doubles.MachineProcess.SigStop);
            pools.Stop();
        }

        Assert.Empty(_cloud.Live);
    }

    private async Task RunAsync(int keep = 1)
    {
        await using var pools = await FlyPools.StartAsync(_cloud, fly => fly.KeepStopped = keep, loggers: _log);
        await Work.ProcessAsync();
    }
}
