using System.Globalization;
using Flame.Doubles.Fly;
using Flame.Fly.Boots;

namespace Flame.Fly.Tests.Pools;

public sealed class SweepTests : IAsyncLifetime
{
    private const string DeadProcess = "1999999999@1";

    private FlyDouble _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await Cloud.StartAsync();

    public async ValueTask DisposeAsync() => await _cloud.DisposeAsync();

    [Fact]
    public async Task What_a_dead_process_of_this_host_left_is_removed()
    {
        var left = Leftover(Environment.MachineName, DeadProcess);
        await using var pools = await FlyPools.StartAsync(_cloud);

        await left.Destroyed.WaitAsync(Cloud.Patience);
    }

    [Fact]
    public async Task What_an_earlier_process_of_this_machine_left_is_removed()
    {
        var self = _cloud.Plant(Cloud.Config());
        var left = Leftover(self.Id, DeadProcess, app: _cloud.App);
        await using var pools = await FlyPools.StartAsync(_cloud, environment: Cloud.On(_cloud, ("FLY_MACHINE_ID", self.Id)), fly: fly => fly.LinkHosts.Add("::1"));

        await left.Destroyed.WaitAsync(Cloud.Patience);
        Assert.True(self.IsLive);
    }

    [Fact]
    public async Task What_a_machine_that_is_gone_left_is_removed()
    {
        var left = Leftover("00000000000000", "7@7", app: _cloud.App);
        await using var pools = await FlyPools.StartAsync(_cloud);

        await left.Destroyed.WaitAsync(Cloud.Patience);
    }

    [Fact]
    public async Task What_may_still_have_a_parent_stays()
    {
        var living = _cloud.Plant(Cloud.Config());
        CloudMachine[] others =
        [
            living,
            Leftover(living.Id, "7@7", app: _cloud.App),
            Leftover("another-host", "7@7"),
            Leftover("00000000000000", "7@7", app: "another-app"),
            Leftover(Environment.MachineName, ParentProcess.This(new FlyEnvironment(_ => null)).Process),
            _cloud.Plant(Cloud.Config()),
            _cloud.Plant(Cloud.Config(metadata: ("flame_parent_ip", "fdaa::1"))),
        ];
        var last = Leftover(Environment.MachineName, DeadProcess);
        await using (await FlyPools.StartAsync(_cloud)) await last.Destroyed.WaitAsync(Cloud.Patience);

        Assert.All(others, other => Assert.True(other.IsLive));
    }

    [Fact]
    public void A_process_lives_by_its_number_and_its_beginning()
    {
        var mine = ParentProcess.This(new FlyEnvironment(_ => null)).Process;

        Assert.True(ParentProcess.Lives(mine));
        Assert.False(ParentProcess.Lives(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "@12345"));
        Assert.False(ParentProcess.Lives(DeadProcess));
        Assert.False(ParentProcess.Lives("odd"));
    }

    private CloudMachine Leftover(string parent, string process, string? app = null)
    {
        (string, string)[] marks = [(FlyMarks.Runtime, FlyMarks.RuntimeValue), (FlyMarks.Run, "another"), (FlyMarks.Pool, "main"), (FlyMarks.Parent, parent), (FlyMarks.ParentProcess, process)];
        return _cloud.Plant(Cloud.Config(metadata: app is null ? marks : [.. marks, (FlyMarks.ParentApp, app)]));
    }
}
