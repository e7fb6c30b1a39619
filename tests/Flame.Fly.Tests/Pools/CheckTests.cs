using Flame.Doubles.Fly;
using Microsoft.Extensions.Options;

namespace Flame.Fly.Tests.Pools;

public sealed class CheckTests : IAsyncLifetime
{
    private FlyDouble _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await Cloud.StartAsync();

    public async ValueTask DisposeAsync() => await _cloud.DisposeAsync();

    [Fact]
    public async Task A_pool_with_GPUs_is_refused_by_name()
    {
        var problems = await ProblemsAsync(pool: p => p.Resources.Gpus = 1);

        Assert.Equal(["FLM1103: Flame:Pools:main:Resources:Gpus — backend 'fly' has no GPUs (removed 2026-08-01). Use Kubernetes."], problems);
    }

    [Fact]
    public async Task Everything_that_is_missing_is_said_at_once_with_its_variable_and_option()
    {
        var problems = await ProblemsAsync(environment: new FlyEnvironment(_ => null));

        Assert.Equal(["FLM1120: Flame:Fly:Token", "FLM1121: Flame:Fly:App", "FLM1122: Flame:Fly:Image", "FLM1126: Flame:Fly:LinkAddress"], problems.Select(p => p.Split(" — ")[0]));
        Assert.Contains("FLY_API_TOKEN", problems[0]);
        Assert.Contains("FLY_APP_NAME", problems[1]);
        Assert.Contains("FLY_IMAGE_REF", problems[2]);
        Assert.Contains("FLY_PRIVATE_IP", problems[3]);
        Assert.Empty(_cloud.Calls);
    }

    public static TheoryData<string, int?, int?, double?, int?, string> Sizes => new()
    {
        { "shared", 3, null, null, null, "FLM1123: Flame:Fly:Cpus — Fly has no shared machine with 3 processors: 1, 2, 4, 6, 8." },
        { "shared", 1, 300, null, null, "FLM1123: Flame:Fly:MemoryMiB — 300 is not a multiple of 256: 256 or 512." },
        { "shared", 1, 4096, null, null, "FLM1123: Flame:Fly:MemoryMiB — 4096 does not go with 1 shared processors: 256 to 2048." },
        { "performance", 2, 2048, null, null, "FLM1123: Flame:Fly:MemoryMiB — 2048 does not go with 2 performance processors: 4096 to 16384." },
        { "quick", 1, 256, null, null, "FLM1123: Flame:Fly:CpuKind — 'quick' is no kind of processor on Fly: shared or performance." },
        { "performance", null, null, 17.0, null, "FLM1123: Flame:Pools:main:Resources:Cpus — 17 is more than a performance machine has: at most 16." },
        { "performance", null, null, 2.0, 1000, "FLM1123: Flame:Pools:main:Resources:MemoryMiB — 1000 is not a multiple of 256: 768 or 1024." },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task A_size_that_Fly_does_not_have_is_said(string kind, int? cpus, int? memory, double? wantedCpus, int? wantedMemory, string problem)
    {
        var problems = await ProblemsAsync(
            fly => (fly.CpuKind, fly.Cpus, fly.MemoryMiB) = (kind, cpus, memory),
            pool => (pool.Resources.Cpus, pool.Resources.MemoryMiB) = (wantedCpus, wantedMemory));

        Assert.Contains(problem.Replace("Flame:Fly:", "Flame:Pools:main:Fly:"), problems.Select(p => p.Replace("Flame:Fly:", "Flame:Pools:main:Fly:")));
    }

    [Theory]
    [InlineData(0.5, null, 1, 4096)]
    [InlineData(3.0, null, 4, 8192)]
    [InlineData(2.0, 8192, 2, 8192)]
    public void Resources_are_rounded_up_to_a_size_that_exists(double cpus, int? memory, int guestCpus, int guestMemory)
    {
        var guest = FlyGuest.Of(new FlyOptions(), new FlameResources { Cpus = cpus, MemoryMiB = memory });

        Assert.Equal(("performance", guestCpus, guestMemory), (guest.CpuKind, guest.Cpus, guest.MemoryMb));
    }

    [Fact]
    public async Task Two_mounts_and_one_volume_for_many_machines_are_refused()
    {
        var two = await ProblemsAsync(fly =>
        {
            fly.Mounts.Add(new FlyMount("/data") { Name = "models" });
            fly.Mounts.Add(new FlyMount("more") { Name = "models", Volume = "vol_1" });
        });
        var shared = await ProblemsAsync(fly => fly.Mounts.Add(new FlyMount("/data") { Volume = "vol_1" }), pool => pool.Max = 4);

        Assert.Equal(3, two.Count(p => p.StartsWith("FLM1125", StringComparison.Ordinal)));
        Assert.Single(shared, p => p.StartsWith("FLM1125", StringComparison.Ordinal) && p.Contains("pool 'main' has Max 4"));
    }

    [Fact]
    public async Task Odd_values_are_said_with_their_path()
    {
        var problems = await ProblemsAsync(fly =>
        {
            fly.ApiHost = "http://api.machines.dev";
            fly.StopSignal = "SIGPONY";
            fly.StopTimeout = TimeSpan.FromSeconds(0.5);
            fly.KeepStopped = -1;
            fly.LinkPort = 70_000;
            fly.LinkAddress = "here";
            fly.Env["FLAME_PARENT"] = "x";
            fly.Metadata["flame_pool"] = "x";
            fly.Regions.Add("a ms");
            fly.Services.Add(new FlyService(0, 443));
        });

        Assert.Equal(10, problems.Length);
        Assert.Single(problems, p => p.StartsWith("FLM1127", StringComparison.Ordinal));
        Assert.Single(problems, p => p.StartsWith("FLM1126", StringComparison.Ordinal));
        Assert.Equal(8, problems.Count(p => p.StartsWith("FLM1128", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("https://api.machines.dev", true)]
    [InlineData("http://_api.internal:4280", true)]
    [InlineData("http://127.0.0.1:4280", true)]
    [InlineData("http://[::1]:4280/", true)]
    [InlineData("http://api.machines.dev", false)]
    [InlineData("https://user:pass@api.machines.dev", false)]
    [InlineData("api.machines.dev", false)]
    [InlineData("ftp://api.machines.dev", false)]
    public void A_token_is_sent_only_where_nobody_can_listen(string host, bool isFine) => Assert.Equal(isFine, FlyCheck.Host(host) is not null);

    [Fact]
    public async Task A_token_that_is_refused_is_said_before_anything_boots()
    {
        var problems = await ProblemsAsync(fly => fly.Token = "fm2_wrong");

        Assert.StartsWith("FLM1124: Flame:Fly:Token", Assert.Single(problems));
        Assert.DoesNotContain("fm2_wrong", problems[0]);
    }

    [Fact]
    public async Task An_unknown_application_is_said_before_anything_boots() =>
        Assert.StartsWith("FLM1124", Assert.Single(await ProblemsAsync(fly => fly.App = "nobody")));

    [Fact]
    public async Task An_api_that_is_down_at_start_is_no_problem_of_the_settings()
    {
        await _cloud.GoDownAsync();
        await using var pools = await FlyPools.StartAsync(_cloud);
        await _cloud.ComeBackAsync();

        await Work.ProcessAsync();
    }

    private async Task<string[]> ProblemsAsync(Action<FlyOptions>? fly = null, Action<FlamePoolOptions>? pool = null, FlyEnvironment? environment = null)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => FlyPools.StartAsync(_cloud, fly, pool, environment: environment));
        return [.. error.Failures];
    }
}
