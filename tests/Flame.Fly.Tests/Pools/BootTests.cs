using Flame.Doubles.Fly;
using Flame.Fly.Boots;

namespace Flame.Fly.Tests.Pools;

public sealed class BootTests : IAsyncLifetime
{
    private readonly LogRecorder _log = new();
    private FlyDouble _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await Cloud.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _log.Dispose();
    }

    public static TheoryData<FlyFault> Ambiguous => [FlyFault.LostAnswer, FlyFault.CommittedThenFailed, FlyFault.CommittedThenTimeout, FlyFault.Lost, FlyFault.Unavailable];

    [Theory]
    [MemberData(nameof(Ambiguous))]
    public async Task A_create_without_an_answer_makes_one_machine(FlyFault fault)
    {
        _cloud.Faults.Next("create", fault);
        await CallAsync();

        Assert.Single(_cloud.Machines);
    }

    [Fact]
    public async Task A_create_without_an_answer_makes_one_machine_though_no_list_shows_it()
    {
        _cloud.Faults.ListLag = TimeSpan.FromMinutes(1);
        _cloud.Faults.Next("create", FlyFault.LostAnswer);
        await CallAsync();

        // The name was taken, by ourselves.
        Assert.Single(_cloud.Machines);
        Assert.Contains(_cloud.Calls, call => call is { Action: "create", Status: 409 });
        Assert.Contains(_log.Lines, line => line.Contains("FLM3021"));
    }

    [Fact]
    public async Task A_full_host_is_tried_again_in_the_same_region()
    {
        _cloud.Faults.Next("create", FlyFault.HostFull, FlyFault.HostFull);
        await CallAsync(fly => Add(fly, "ams", "fra"));

        Assert.Equal("ams", Assert.Single(_cloud.Machines).Region);
    }

    [Fact]
    public async Task A_full_region_is_left_for_the_next()
    {
        _cloud.Capacity["ams"] = 0;
        await CallAsync(fly => Add(fly, "ams", "fra"));

        Assert.Equal("fra", Assert.Single(_cloud.Machines).Region);
        Assert.Contains(_log.Lines, line => line.Contains("FLM3022") && line.Contains("ams"));
    }

    [Fact]
    public async Task No_capacity_anywhere_is_said_when_the_boot_runs_out_of_time()
    {
        _cloud.Capacity["ams"] = 0;
        _cloud.Capacity["fra"] = 0;

        var error = await FailAsync(fly => Add(fly, "ams", "fra"), TimeSpan.FromSeconds(4));

        Assert.Contains("waits for capacity in ams, fra", error.Message);
        Assert.Contains("could not find a candidate host", error.Message);
    }

    [Fact]
    public async Task Boot_that_waits_for_the_rate_limit_says_so_while_it_waits()
    {
        _cloud.Faults.Next("create", [.. Enumerable.Repeat(FlyFault.Throttled, 200)]);
        var pools = await FlyPools.StartAsync(_cloud, pool: options => options.BootTimeout = TimeSpan.FromMinutes(2));
        var call = Work.ProcessAsync();
        var patience = Cloud.Patience;
        while (!Observation.Waits.Of(pools["main"].Executors()).Contains("waits for Fly's rate limit (1 create a second)")) await Task.Delay(20, patience);

        await pools.DisposeAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => call);
    }

    [Fact]
    public async Task Capacity_that_comes_back_in_time_is_taken()
    {
        _cloud.Capacity["ams"] = 0;
        var call = CallAsync();
        while (!_cloud.Calls.Any(c => c is { Action: "create", Status: 422 })) await Task.Delay(20);
        _cloud.Capacity.Clear();

        await call;
    }

    [Fact]
    public async Task An_api_that_is_down_for_ten_seconds_holds_the_boot_up_and_no_more()
    {
        _cloud.Faults.DownUntil = DateTimeOffset.UtcNow.AddSeconds(10);
        await CallAsync();

        Assert.Single(_cloud.Machines);
    }

    [Fact]
    public async Task A_machine_that_never_starts_is_named_with_its_state_and_destroyed()
    {
        _cloud.Faults.NextMachine(MachineFault.StuckInCreated, MachineFault.StuckInCreated, MachineFault.StuckInCreated);

        var error = await FailAsync(null, TimeSpan.FromSeconds(4));

        var machine = _cloud.Machines.OrderBy(m => m.CreatedAt).First();
        Assert.Contains($"machine {machine.Id} is created", error.Message);
        await machine.Destroyed.WaitAsync(Cloud.Patience);
    }

    [Theory]
    [InlineData(MachineFault.LaunchFails)]
    [InlineData(MachineFault.Fails)]
    [InlineData(MachineFault.ExitsAtOnce)]
    public async Task A_machine_that_cannot_come_up_is_replaced(MachineFault fault)
    {
        _cloud.Faults.NextMachine(fault);
        await CallAsync();

        Assert.Equal(2, _cloud.Machines.Count);
        Assert.Empty(_cloud.Live);
        Assert.Contains(_log.Lines, line => line.Contains("FLM3003"));
    }

    [Fact]
    public async Task Boot_of_a_machine_is_logged_with_the_parts_that_are_known()
    {
        await CallAsync();

        // The double starts the process while it answers, so that nothing is left for an image.
        Assert.Contains(_log.Lines, line => System.Text.RegularExpressions.Regex.IsMatch(line, @"FLM3002 .* \(schedule \d+ ms, (image \d+ ms, )?runtime \d+ ms, connect \d+ ms, enter \d+ ms\)"));
    }

    [Fact]
    public async Task A_slow_boot_is_waited_for()
    {
        _cloud.Faults.NextMachine(MachineFault.SlowBoot);
        await CallAsync();

        Assert.Single(_cloud.Machines);
    }

    [Fact]
    public async Task An_image_that_is_not_there_fails_at_once_in_Flys_words()
    {
        var error = await FailAsync(fly => fly.Image = "registry.fly.io/double:gone", TimeSpan.FromSeconds(30));

        Assert.Contains("failed to get manifest registry.fly.io/double:gone", error.Message);
        Assert.Single(_cloud.Calls, call => call.Action == "create");
    }

    [Fact]
    public async Task A_boot_that_is_given_up_while_its_create_is_under_way_leaves_nothing()
    {
        _cloud.Faults.Next("create", FlyFault.Slow(TimeSpan.FromSeconds(2)));
        var pools = await FlyPools.StartAsync(_cloud);
        var call = Work.ProcessAsync();
        while (_cloud.Calls.IsEmpty) await Task.Delay(20);
        await Task.Delay(300);

        await pools.DisposeAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => call);
        Assert.Empty(_cloud.Live);
        Assert.Single(_cloud.Machines);
    }

    [Fact]
    public async Task A_boot_that_is_given_up_without_an_answer_leaves_nothing_though_the_list_is_late()
    {
        _cloud.Faults.ListLag = TimeSpan.FromSeconds(4);
        _cloud.Faults.Next("create", FlyFault.LostAnswer);
        var pools = await FlyPools.StartAsync(_cloud);
        var call = Work.ProcessAsync();
        while (_cloud.Machines.Count == 0) await Task.Delay(20);

        await pools.DisposeAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => call);
        Assert.Empty(_cloud.Live);
    }

    [Fact]
    public async Task The_machine_is_what_was_asked_for()
    {
        await using (await FlyPools.StartAsync(_cloud, fly =>
        {
            (fly.CpuKind, fly.Cpus, fly.MemoryMiB) = ("performance", 2, null);
            fly.Env["GREETING"] = "hello";
            fly.Metadata["team"] = "videos";
            (fly.StopSignal, fly.StopTimeout) = ("SIGINT", TimeSpan.FromSeconds(90));
            fly.Init.SwapSizeMiB = 512;
            fly.Services.Add(new FlyService(8080, 443) { Handlers = { "tls", "http" }, Http2 = true });
        }))
        {
            Assert.Equal("hello", await Work.VariableAsync("GREETING"));
            Assert.Null(await Work.VariableAsync("FLAME_PARENT"));
        }

        var config = Assert.Single(_cloud.Machines).Config;
        Assert.Equal("""{"cpu_kind":"performance","cpus":2,"memory_mb":4096}""", config["guest"]!.ToJsonString());
        Assert.Equal("""{"signal":"SIGINT","timeout":"90s"}""", config["stop_config"]!.ToJsonString());
        Assert.Equal("""{"swap_size_mb":512}""", config["init"]!.ToJsonString());
        Assert.Equal("""{"protocol":"tcp","internal_port":8080,"ports":[{"port":443,"handlers":["tls","http"],"http_options":{"h2_backend":true},"tls_options":{"alpn":["h2","http/1.1"]}}],"autostart":false,"autostop":"off"}""", config["services"]![0]!.ToJsonString());
        Assert.Equal("videos", (string?)config["metadata"]!["team"]);
        Assert.Equal("::1", (string?)config["metadata"]![FlyMarks.ParentIp]);
        Assert.Equal("""{"skip_registration":true}""", config["dns"]!.ToJsonString());
        Assert.Null(config["mounts"]);
    }

    private async Task CallAsync(Action<FlyOptions>? fly = null)
    {
        await using var pools = await FlyPools.StartAsync(_cloud, fly, loggers: _log);
        await Work.ProcessAsync();
    }

    private async Task<FlameException> FailAsync(Action<FlyOptions>? fly, TimeSpan bootTimeout)
    {
        await using var pools = await FlyPools.StartAsync(_cloud, fly, pool => pool.BootTimeout = bootTimeout, _log);
        return await Assert.ThrowsAnyAsync<FlameException>(() => Work.ProcessAsync());
    }

    private static void Add(FlyOptions fly, params string[] regions)
    {
        foreach (var region in regions) fly.Regions.Add(region);
    }
}
