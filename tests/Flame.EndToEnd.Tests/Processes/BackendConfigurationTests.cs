using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Flame.EndToEnd.Tests.Processes;

public sealed class BackendConfigurationTests
{
    [Fact]
    public async Task Backend_is_the_one_that_configuration_names_whatever_its_case()
    {
        var pools = await PoolsAsync(f => f.UseTuned(), ("Flame:Backend", "TUNED"), ("Flame:Pools:own:Backend", "Local"));

        Assert.Equal("tuned", pools["main"].Backend.Name);
        Assert.Equal("local", pools["own"].Backend.Name);
    }

    [Fact]
    public async Task Backend_of_code_stays_where_configuration_names_none()
    {
        var pools = await PoolsAsync(f => f.UseTuned(isDefault: true).AddPool("own", backend: new Backends.LocalProcessBackend()));

        Assert.Equal(("tuned", "local"), (pools["main"].Backend.Name, pools["own"].Backend.Name));
    }

    [Fact]
    public async Task Backend_of_a_pool_in_code_wins_over_the_default_of_configuration_and_loses_to_its_own()
    {
        var pools = await PoolsAsync(
            f => f.UseTuned().AddPool("kept", backend: new Backends.LocalProcessBackend()).AddPool("moved", backend: new Backends.LocalProcessBackend()),
            ("Flame:Backend", "tuned"), ("Flame:Pools:moved:Backend", "tuned"));

        Assert.Equal(("local", "tuned"), (pools["kept"].Backend.Name, pools["moved"].Backend.Name));
    }

    [Fact]
    public async Task Unknown_backend_is_reported_with_its_path_what_was_meant_and_what_there_is()
    {
        var failures = await FailuresAsync(f => f.UseTuned(), ("Flame:Backend", "tunned"), ("Flame:Pools:main:Backend", "fly"), ("Flame:Pools:own:Backend", "locale"));

        Assert.Collection(
            failures,
            Begins("FLM1007: Flame:Backend — this program has no backend 'tunned'. Did you mean tuned? It has: local, tuned."),
            problem =>
            {
                Begins("FLM1007: Flame:Pools:main:Backend — this program has no backend 'fly'.")(problem);
                Assert.Contains("It has: local, tuned.", problem, StringComparison.Ordinal);
            },
            Begins("FLM1007: Flame:Pools:own:Backend — this program has no backend 'locale'. Did you mean local?"));
    }

    [Fact]
    public async Task Every_kind_of_value_reaches_the_options_of_a_backend()
    {
        var options = await OptionsAsync(
            null, null,
            ("Flame:tuned:Retries", "-7"), ("Flame:tuned:Share", "0.25"), ("Flame:tuned:Verbose", "TRUE"), ("Flame:tuned:Region", "fra"), ("Flame:tuned:Patience", "00:01:30"),
            ("Flame:tuned:Hosts:0", "zero"), ("Flame:tuned:Hosts:10", "ten"), ("Flame:tuned:Hosts:2", "two"),
            ("Flame:tuned:Labels:team", "red"), ("Flame:tuned:Labels:cost", "12"), ("Flame:tuned:Inner:Depth", "3"));

        Assert.Equal((-7, 0.25, true, "fra", TimeSpan.FromSeconds(90), 3), (options.Retries, options.Share, options.Verbose, options.Region, options.Patience, options.Inner.Depth));
        Assert.Equal(["zero", "two", "ten"], options.Hosts);
        Assert.Equal([("before", "there"), ("cost", "12"), ("team", "red")], options.Labels.Select(l => (l.Key, l.Value)).OrderBy(l => l.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Texts_may_be_one_with_commas_and_times_infinite_and_names_of_any_case()
    {
        var options = await OptionsAsync(null, null, ("FLAME:TUNED:HOSTS", " one ,two,, "), ("FLAME:TUNED:PATIENCE", "Infinite"), ("FLAME:TUNED:INNER:DEPTH", "4"));

        Assert.Equal(["one", "two"], options.Hosts);
        Assert.Equal((Timeout.InfiniteTimeSpan, 4), (options.Patience, options.Inner.Depth));
    }

    [Fact]
    public async Task Empty_list_of_texts_replaces_those_of_code() =>
        Assert.Empty((await OptionsAsync(null, o => o.Hosts.Add("code"), ("Flame:tuned:Hosts", ""))).Hosts);

    [Theory]
    [InlineData("code for all", "code")]
    [InlineData("configuration for all", "code", "all")]
    [InlineData("code for the pool", "code", "all", "pool code")]
    [InlineData("configuration for the pool", "code", "all", "pool code", "pool")]
    [InlineData("configuration for the pool", "pool", "all")]
    [InlineData("code for the pool", "pool code", "code")]
    public async Task Configuration_wins_over_code_and_a_pool_over_all(string wins, params string[] said)
    {
        void Configure(FlameBuilder flame)
        {
            // The one that wins in code comes first: order must not matter.
            if (said.Contains("pool code")) flame.UseTuned(o => o.Region = "code for the pool", "MAIN");
            flame.UseTuned();
            if (said.Contains("code")) flame.UseTuned(o => o.Region = "code for all");
            flame.AddPool("own", p => p.Max = 2);
        }

        var settings = new List<(string, string)> { ("Flame:Backend", "tuned"), ("Flame:Pools:own:tuned:Region", "not this pool's") };
        if (said.Contains("pool")) settings.Add(("Flame:Pools:main:Tuned:Region", "configuration for the pool"));
        if (said.Contains("all")) settings.Add(("Flame:Tuned:Region", "configuration for all"));
        var pools = await PoolsAsync(Configure, [.. settings]);

        var backend = Assert.IsType<TunedBackend>(pools["main"].Backend);
        Assert.Equal(wins, backend.Of("main").Region);
        Assert.Equal("not this pool's", backend.Of("OWN").Region);
        Assert.Equal(said.Contains("all") ? "configuration for all" : said.Contains("code") ? "code for all" : null, backend.Of(null).Region);
    }

    [Fact]
    public async Task Pools_have_copies_of_their_own()
    {
        var pools = await PoolsAsync(f => f.UseTuned(o => o.Hosts.Add("all"), isDefault: true).UseTuned(o => o.Hosts.Add("own"), "own"));

        var backend = Assert.IsType<TunedBackend>(pools["main"].Backend);
        Assert.Equal(["before", "all"], backend.Of("main").Hosts);
        Assert.Equal(["before", "all", "own"], backend.Of("own").Hosts);
        Assert.NotSame(backend.Of("main"), backend.Of("main"));
    }

    [Fact]
    public async Task Options_of_a_backend_that_no_pool_uses_are_read_too() =>
        Assert.Single(await FailuresAsync(f => f.UseTuned(), ("Flame:tuned:Retries", "many")));

    [Fact]
    public async Task Every_problem_of_every_section_is_reported_at_once()
    {
        var failures = await FailuresAsync(
            f => f.UseTuned(),
            ("Flame:tuned:Retries", "1.5"), ("Flame:tuned:Share", "half"), ("Flame:tuned:Verbose", "yes"), ("Flame:tuned:Patience", "soon"),
            ("Flame:tuned:Labels", "team=red"), ("Flame:tuned:Inner", "3"), ("Flame:tuned:Hosts:0:Name", "a"), ("Flame:tuned:Labels:team:Name", "red"),
            ("Flame:tuned:Retrys", "2"), ("Flame:tuned:Inner:Dept", "2"), ("Flame:tunde:Retries", "2"),
            ("Flame:Pools:main:tuned:Retries", "few"), ("Flame:Pools:own:tuned", "fast"), ("Flame:Pools:own:tunde:Retries", "2"));

        Assert.Collection(
            failures,
            Begins("FLM1001: Flame:Pools:main:tuned:Retries — 'few'"),
            Begins("FLM1001: Flame:Pools:own:tuned — the tuned backend has options and no value of its own: Flame:Pools:own:tuned:"),
            Begins("FLM1001: Flame:tuned:Hosts:0 — it has no value."),
            Begins("FLM1001: Flame:tuned:Inner — its inside has options and no value of its own: Flame:tuned:Inner:Depth"),
            Begins("FLM1001: Flame:tuned:Labels — it has names and values and no value of its own: Flame:tuned:Labels:<name>."),
            Begins("FLM1001: Flame:tuned:Labels:team — it has no value."),
            Begins("FLM1001: Flame:tuned:Patience — 'soon'"),
            Begins("FLM1001: Flame:tuned:Retries — '1.5'"),
            Begins("FLM1001: Flame:tuned:Share — 'half'"),
            Begins("FLM1001: Flame:tuned:Verbose — 'yes'"),
            Begins("FLM1002: Flame:Pools:own:tunde — a pool has no such option."),
            Begins("FLM1002: Flame:tuned:Inner:Dept — its inside has no such option. Did you mean Depth? It has: Depth."),
            Begins("FLM1002: Flame:tuned:Retrys — the tuned backend has no such option. Did you mean Retries? It has: Hosts, "),
            Begins("FLM1006: Flame:tunde — Flame has no such setting. Did you mean Flame:tuned?"));
    }

    [Fact]
    public async Task Section_of_a_backend_that_is_not_there_is_reported()
    {
        var failures = await FailuresAsync(_ => { }, ("Flame:tuned:Retries", "2"), ("Flame:local:Program", "a"));

        Assert.Collection(failures, Begins("FLM1006: Flame:local — "), Begins("FLM1006: Flame:tuned — "));
    }

    [Fact]
    public async Task Resources_of_a_pool_are_read_and_win_over_code()
    {
        var pools = await PoolsAsync(
            f => f.AddPool("gpu", p => (p.Resources.Cpus, p.Resources.Gpus, p.Resources.GpuKind) = (8, 1, "kept")),
            ("Flame:Pools:gpu:Resources:Cpus", "1.5"), ("Flame:Pools:gpu:Resources:MemoryMiB", "2048"), ("Flame:Pools:gpu:resources:gpus", "2"), ("Flame:Pools:own:Resources:GpuKind", "a10"));

        var (gpu, own, main) = (pools["gpu"].Options.Resources, pools["own"].Options.Resources, pools["main"].Options.Resources);
        Assert.Equal((1.5, 2048, 2, "kept"), (gpu.Cpus, gpu.MemoryMiB, gpu.Gpus, gpu.GpuKind));
        Assert.Equal((null, null, 0, "a10"), (own.Cpus, own.MemoryMiB, own.Gpus, own.GpuKind));
        Assert.Equal((null, null, 0, null), (main.Cpus, main.MemoryMiB, main.Gpus, main.GpuKind));
    }

    [Theory]
    [InlineData("Cpus", "0", "FLM1003")]
    [InlineData("Cpus", "-1", "FLM1003")]
    [InlineData("Cpus", "1024.5", "FLM1003")]
    [InlineData("Cpus", "NaN", "FLM1003")]
    [InlineData("Cpus", "Infinity", "FLM1003")]
    [InlineData("Cpus", "two", "FLM1001")]
    [InlineData("MemoryMiB", "0", "FLM1003")]
    [InlineData("MemoryMiB", "2Gi", "FLM1001")]
    [InlineData("Gpus", "-1", "FLM1003")]
    [InlineData("Gpus", "65", "FLM1003")]
    [InlineData("Gpus", "0.5", "FLM1001")]
    [InlineData("Memory", "5", "FLM1002")]
    public async Task Resources_that_cannot_be_are_reported(string name, string value, string id) =>
        Begins($"{id}: Flame:Pools:main:Resources:{name} — ")(Assert.Single(await FailuresAsync(_ => { }, ($"Flame:Pools:main:Resources:{name}", value))));

    [Theory]
    [InlineData("Cpus", "0.001")]
    [InlineData("Cpus", "1024")]
    [InlineData("MemoryMiB", "1")]
    [InlineData("Gpus", "0")]
    [InlineData("Gpus", "64")]
    public async Task Resources_may_reach_their_limits(string name, string value) => await PoolsAsync(_ => { }, ($"Flame:Pools:main:Resources:{name}", value));

    private static Action<string> Begins(string words) => problem => Assert.StartsWith(words, problem, StringComparison.Ordinal);

    private static async Task<TunedOptions> OptionsAsync(string? pool, Action<TunedOptions>? code, params (string Key, string Value)[] settings)
    {
        var pools = await PoolsAsync(f => f.UseTuned(code, isDefault: true), settings);
        return Assert.IsType<TunedBackend>(pools["main"].Backend).Of(pool);
    }

    private static async Task<string[]> FailuresAsync(Action<FlameBuilder> configure, params (string Key, string Value)[] settings)
    {
        using var host = Build(configure, settings);
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        return [.. error.Failures.Order(StringComparer.Ordinal)];
    }

    /// <summary>Pools that have started; nothing is booted where nothing is called.</summary>
    private static async Task<FlamePools> PoolsAsync(Action<FlameBuilder> configure, params (string Key, string Value)[] settings)
    {
        using var host = Build(configure, settings);
        await host.StartAsync(TestContext.Current.CancellationToken);
        var pools = host.Services.GetRequiredService<FlamePools>();
        await host.StopAsync(TestContext.Current.CancellationToken);
        return pools;
    }

    private static IHost Build(Action<FlameBuilder> configure, (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        builder.AddFlame(f =>
        {
            foreach (var method in CompilerServices.MethodTable.Snapshot()) f.AddPool(method.Pool ?? FlamePoolOptions.DefaultPoolName);
            f.AddPool("own");
            configure(f);
        });
        return builder.Build();
    }
}
