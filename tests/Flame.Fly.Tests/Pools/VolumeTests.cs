using Flame.Doubles.Fly;

namespace Flame.Fly.Tests.Pools;

public sealed class VolumeTests : IAsyncLifetime
{
    private FlyDouble _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await Cloud.StartAsync();

    public async ValueTask DisposeAsync() => await _cloud.DisposeAsync();

    [Fact]
    public async Task Each_machine_takes_a_free_volume_of_the_name()
    {
        foreach (var id in new[] { "vol_1", "vol_2" }) _cloud.Volumes[id] = new CloudVolume(id, "models", "ams", 10);
        _cloud.Volumes["vol_3"] = new CloudVolume("vol_3", "others", "ams", 10);
        await using (await FlyPools.StartAsync(_cloud, Mount(0), pool => (pool.Min, pool.Max) = (2, 2)))
            Assert.Equal(["vol_1", "vol_2"], Mounted().Order());
    }

    [Fact]
    public async Task A_volume_is_made_where_none_is_free_and_used_again_later()
    {
        await using (await FlyPools.StartAsync(_cloud, Mount(3))) await Work.ProcessAsync();
        await using (await FlyPools.StartAsync(_cloud, Mount(3))) await Work.ProcessAsync();

        var made = Assert.Single(_cloud.Volumes.Values);
        Assert.Equal(("models", "ams", 3), (made.Name, made.Region, made.SizeGB));
        Assert.Equal([made.Id, made.Id], Mounted());
    }

    [Fact]
    public async Task No_free_volume_is_said()
    {
        await using var pools = await FlyPools.StartAsync(_cloud, Mount(0), pool => pool.BootTimeout = TimeSpan.FromSeconds(2));

        var error = await Assert.ThrowsAnyAsync<FlameException>(() => Work.ProcessAsync());

        Assert.Contains("no volume 'models' is free in ams", error.Message);
    }

    [Fact]
    public async Task A_volume_whose_host_is_full_is_left_for_another()
    {
        foreach (var id in new[] { "vol_1", "vol_2" }) _cloud.Volumes[id] = new CloudVolume(id, "models", "ams", 10);
        _cloud.Faults.Next("create", new FlyFault(412, """{"error":"insufficient resources to create new machine with existing volume id 'vol_1'","status":"volume_placement_capacity"}"""));
        await using (await FlyPools.StartAsync(_cloud, Mount(0))) await Work.ProcessAsync();

        Assert.Single(Mounted());
    }

    private static Action<FlyOptions> Mount(int size) => fly => fly.Mounts.Add(new FlyMount("/models") { Name = "models", SizeGB = size });

    private IEnumerable<string> Mounted() => _cloud.Machines.Select(m => (string)m.Config["mounts"]![0]!["volume"]!);
}
