using Flame.EndToEnd.Tests.Calls;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Flame.EndToEnd.Tests.Processes;

public sealed class ConfigurationTests
{
    [Fact]
    public async Task Configuration_reaches_the_pool_and_wins_over_code()
    {
        using var host = Build(
            f => f.AddPool("main", p => (p.Max, p.Min, p.MaxConcurrency) = (1, 1, 1)),
            ("Flame:Pools:main:Max", "3"), ("Flame:Pools:main:Min", "2"), ("Flame:Pools:main:IdleShutdownAfter", "00:00:07"),
            ("Flame:Pools:main:Timeout", "infinite"), ("Flame:Pools:other:SingleUse", "true"));
        await host.StartAsync(TestContext.Current.CancellationToken);
        var pools = host.Services.GetRequiredService<FlamePools>();

        var options = pools["main"].Options;
        Assert.Equal((3, 2, 1), (options.Max, options.Min, options.MaxConcurrency));
        Assert.Equal((TimeSpan.FromSeconds(7), Timeout.InfiniteTimeSpan), (options.IdleShutdownAfter, options.Timeout));
        Assert.True(pools["other"].Options.SingleUse);
        Assert.Equal(2, pools["main"].GetStats().Ready);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Pools_are_named_without_regard_to_case_as_configuration_is()
    {
        using var host = Build(f => f.AddPool("main"), ("FLAME:POOLS:MAIN:MAX", "3"));
        await host.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, host.Services.GetRequiredService<FlamePools>()["main"].Options.Max);
        Assert.DoesNotContain(host.Services.GetRequiredService<FlamePools>().All, pool => pool.Name == "MAIN");
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Every_problem_is_reported_at_once_with_its_id_and_path()
    {
        using var host = Build(
            f => f.AddPool("other", p => p.Buffer = -1),
            ("Flame:Pools:main:Max", "many"), ("Flame:Pools:main:Timeout", "soon"), ("Flame:Pools:main:MaxConcurency", "2"), ("Flame:Pools:main:Colour", "red"),
            ("Flame:Pools:gpu:Min", "5"), ("Flame:Pools:gpu:Max", "2"),
            ("Flame:Pools:once:SingleUse", "true"), ("Flame:Pools:once:MaxConcurrency", "4"),
            ("Flame:Pools:flat", "3"),
            ("Flame:Pool:gpu:Max", "8"), ("Flame:Main:Max", "8"), ("Flame:Colour", "red"));

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Collection(
            error.Failures.Order(StringComparer.Ordinal),
            Begins("FLM1001: Flame:Pools:flat "),
            Begins("FLM1001: Flame:Pools:main:Max — 'many'"),
            Begins("FLM1001: Flame:Pools:main:Timeout — 'soon'"),
            problem =>
            {
                Begins("FLM1002: Flame:Pools:main:Colour ")(problem);
                Assert.DoesNotContain("Did you mean", problem, StringComparison.Ordinal);
            },
            problem =>
            {
                Begins("FLM1002: Flame:Pools:main:MaxConcurency ")(problem);
                Assert.Contains("Did you mean MaxConcurrency?", problem, StringComparison.Ordinal);
            },
            Begins("FLM1003: Flame:Pools:gpu:Min — 5"),
            Begins("FLM1003: Flame:Pools:other:Buffer — -1"),
            Begins("FLM1004: Flame:Pools:once:SingleUse"),
            problem =>
            {
                Begins("FLM1006: Flame:Colour — ")(problem);
                Assert.DoesNotContain("Did you mean", problem, StringComparison.Ordinal);
            },
            Begins("FLM1006: Flame:Main — Flame has no such setting. Did you mean Flame:Pools:main?"),
            Begins("FLM1006: Flame:Pool — Flame has no such setting. Did you mean Flame:Pools?"));
    }

    [Fact]
    public async Task A_pool_without_a_name_hides_no_other_problem()
    {
        using var host = Build(_ => { }, ("Flame:Pools::Max", "3"), ("Flame:Pools: :Max", "3"), ("Flame:Pools:main:Max", "many"), ("Flame:Colour", "red"));

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Collection(
            error.Failures.Order(StringComparer.Ordinal),
            Begins("FLM1001: Flame:Pools:main:Max — 'many'"),
            Begins("FLM1006: Flame:Colour — "),
            Begins("FLM1006: Flame:Pools:  — a pool needs a name."),
            Begins("FLM1006: Flame:Pools: — a pool needs a name."));
    }

    [Fact]
    public async Task A_pool_that_a_method_names_and_nobody_declares_is_reported()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddFlame(f => f.AddPool("other"));
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.All(error.Failures, problem => Assert.StartsWith("FLM1005: ", problem, StringComparison.Ordinal));
        Assert.Contains(error.Failures, problem => problem.StartsWith("FLM1005: Sums.AddAsync names pool 'main'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_minimum_that_cannot_be_booted_fails_the_start_of_the_host()
    {
        using var host = Build(
            f => f.UseBackend(new Backends.LocalProcessBackend("/nowhere/program")), ("Flame:Pools:main:Min", "1"));

        var error = await Assert.ThrowsAsync<BootFailedException>(() => host.StartAsync(TestContext.Current.CancellationToken).Patiently());

        Assert.Contains("/nowhere/program", error.Message, StringComparison.Ordinal);
    }

    private static Action<string> Begins(string words) => problem => Assert.StartsWith(words, problem, StringComparison.Ordinal);

    private static IHost Build(Action<FlameBuilder> configure, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        builder.AddFlame(f =>
        {
            foreach (var method in CompilerServices.MethodTable.Snapshot()) f.AddPool(method.Pool ?? FlamePoolOptions.DefaultPoolName);
            configure(f);
        });
        return builder.Build();
    }
}
