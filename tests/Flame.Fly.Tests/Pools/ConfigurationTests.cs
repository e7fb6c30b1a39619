using Flame.Doubles.Fly;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Flame.Fly.Tests.Pools;

public sealed class ConfigurationTests : IAsyncLifetime
{
    private FlyDouble _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await Cloud.StartAsync();

    public async ValueTask DisposeAsync() => await _cloud.DisposeAsync();

    [Fact]
    public async Task Settings_of_all_pools_and_of_one_come_from_configuration()
    {
        await using (await StartAsync(
            ("Flame:Fly:ApiHost", _cloud.Address), ("Flame:Fly:CpuKind", "shared"), ("Flame:Fly:Cpus", "1"), ("Flame:Fly:MemoryMiB", "256"), ("Flame:Fly:Regions", "fra, ams"),
            ("Flame:Fly:Env:A", "1"), ("Flame:Fly:Init:SwapSizeMiB", "256"), ("Flame:Pools:main:Fly:MemoryMiB", "1024"), ("Flame:Pools:main:Max", "1")))
            Assert.Equal("1", await Work.VariableAsync("A"));

        var machine = _cloud.Machines.Single();
        Assert.Equal("""{"cpu_kind":"shared","cpus":1,"memory_mb":1024}""", machine.Config["guest"]!.ToJsonString());
        Assert.Equal("fra", machine.Region);
    }

    [Fact]
    public async Task A_problem_of_one_pool_has_the_path_of_that_pool()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(
            ("Flame:Fly:ApiHost", _cloud.Address), ("Flame:Fly:StopSignal", "SIGPONY"), ("Flame:Pools:main:Fly:KeepStopped", "-1"), ("Flame:Pools:main:Max", "1")));

        Assert.Equal(["FLM1128: Flame:Fly:StopSignal", "FLM1128: Flame:Pools:main:Fly:KeepStopped"], error.Failures.Select(f => f.Split(" — ")[0]).Order());
    }

    private Task<FlamePools> StartAsync(params (string Key, string? Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => s.Value)).Build();
        return FlameApplication.StartAsync(
            builder =>
            {
                builder.AddPool("main");
                FlameFlyExtensions.Use(builder, null, Cloud.On(_cloud));
                builder.UseConfiguration(configuration);
            },
            ct: Cloud.Patience);
    }
}
