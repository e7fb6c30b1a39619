using Flame.Executor.Tests.InProcess;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Flame.Executor.Tests.Tuning;

/// <summary>What people and programs set while a pool runs, and what can be seen of it.</summary>
public sealed class SetTests
{
    [Fact]
    public async Task What_is_set_wins_over_configuration_until_it_is_taken_back()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Flame:Pools:test:Max", "2")]).Build();
        await using var pool = InProcessPool.Start(o => o.Max = 1, more: flame => flame.UseConfiguration(configuration));

        Assert.Empty(pool.Pools.Set("test", new Dictionary<string, string> { ["max"] = "6", ["IdleShutdownAfter"] = "infinite" }));
        configuration["Flame:Pools:test:Max"] = "3";
        configuration.Reload();
        pool.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((6, Timeout.InfiniteTimeSpan), (Options(pool).Max, Options(pool).IdleShutdownAfter));
        Assert.Empty(pool.Pools.Set("test", new Dictionary<string, string> { ["Max"] = "" }));
        Assert.Equal((3, Timeout.InfiniteTimeSpan), (Options(pool).Max, Options(pool).IdleShutdownAfter));
    }

    [Fact]
    public async Task All_problems_are_told_at_once_and_then_nothing_is_set()
    {
        await using var pool = InProcessPool.Start(o => o.Max = 4);
        var problems = pool.Pools.Set("test", new Dictionary<string, string> { ["Max"] = "5", ["SingleUse"] = "true", ["Resources:Gpus"] = "1", ["Backend"] = "local", ["Bufer"] = "1" });
        Assert.Collection(
            problems.Order(StringComparer.Ordinal),
            problem => Assert.StartsWith("FLM1002: Flame:Pools:test:Bufer — a pool has no such option. Did you mean Buffer?", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("FLM1015: Flame:Pools:test:Backend — ", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("FLM1015: Flame:Pools:test:Resources:Gpus — ", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("FLM1015: Flame:Pools:test:SingleUse — ", problem, StringComparison.Ordinal));
        Assert.StartsWith("FLM1001: Flame:Pools:test:Timeout — 'soon'", Assert.Single(pool.Pools.Set("test", new Dictionary<string, string> { ["Max"] = "5", ["Timeout"] = "soon" })), StringComparison.Ordinal);
        Assert.StartsWith("FLM1003: Flame:Pools:test:Min — 5", Assert.Single(pool.Pools.Set("test", new Dictionary<string, string> { ["Buffer"] = "1", ["Min"] = "5" })), StringComparison.Ordinal);
        Assert.Equal((4, 0, 0), (Options(pool).Max, Options(pool).Min, Options(pool).Buffer));
    }

    [Fact]
    public async Task MaxConcurrency_of_a_single_use_pool_stays_one()
    {
        await using var pool = InProcessPool.Start(o => o.SingleUse = true);
        Assert.StartsWith("FLM1004: ", Assert.Single(pool.Pools.Set("test", new Dictionary<string, string> { ["MaxConcurrency"] = "2" })), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_changes_its_own_pool_and_is_told_every_problem()
    {
        await using var pool = InProcessPool.Start(o => o.Max = 1);
        var before = Options(pool);
        pool.Pools["test"].Update(o => (o.Max, o.MaxConcurrency) = (3, 2));
        Assert.Equal((1, 3, 2), (before.Max, Options(pool).Max, Options(pool).MaxConcurrency));

        var error = Assert.Throws<OptionsValidationException>(() => pool.Pools["test"].Update(o =>
        {
            (o.Max, o.SingleUse, o.OnShrink) = (9, true, static _ => { });
            o.Resources.Gpus = 1;
        }));
        Assert.Equal(["OnShrink", "Resources:Gpus", "SingleUse"], error.Failures.Select(failure => failure.Split(' ')[1]["Flame:Pools:test:".Length..]).Order(StringComparer.Ordinal));
        Assert.Equal((3, 0), (Options(pool).Max, Options(pool).Resources.Gpus));
    }

    [Fact]
    public async Task Raised_MaxConcurrency_lets_a_waiting_call_in_at_once()
    {
        await using var pool = InProcessPool.Start(o => o.Max = 1);
        var (first, second) = (Work.Remote.WaitAsync("first", InProcessPool.Patience), Work.Remote.WaitAsync("second", InProcessPool.Patience));
        await pool.Gates["first"].Entered;
        pool.Pools["test"].Update(o => o.MaxConcurrency = 2);
        await pool.Gates["second"].Entered;
        foreach (var gate in (string[])["first", "second"]) pool.Gates[gate].Open();
        await Task.WhenAll(first, second);
        Assert.Equal(["test/1"], pool.Backend.Alive);
    }

    [Fact]
    public async Task Drained_executors_finish_their_calls_and_the_next_call_has_another()
    {
        await using var pool = InProcessPool.Start(o => (o.Max, o.ShutdownTimeout) = (2, TimeSpan.FromSeconds(1)));
        var first = Work.Remote.PassAsync("first", InProcessPool.Patience);
        await pool.Gates["first"].Entered;
        pool.Pools.DrainExecutors("test");
        pool.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal([0], await Work.Remote.AppendAsync([]));
        Assert.Equal(["test/1", "test/2"], pool.Backend.Alive);
        pool.Gates["first"].Open();
        Assert.Equal("first", await first);
        await pool.UntilAsync(stats => stats.Count == 1);
    }

    [Fact]
    public async Task Every_option_says_its_value_where_that_came_from_and_whether_it_is_live()
    {
        var variable = $"FLAME_TEST_{Guid.NewGuid():N}_Flame__Pools__test__Buffer";
        Environment.SetEnvironmentVariable(variable, "1");
        try
        {
            var configuration = new ConfigurationBuilder()
                .AddInMemoryCollection([new("Flame:Pools:test:Max", "2"), new("Flame:Pools:test:Buffer", "0"), new("Flame:Pools:test:CancelGrace", "00:00:09")])
                .AddEnvironmentVariables(variable[..variable.IndexOf("Flame__", StringComparison.Ordinal)])
                .AddCommandLine(["--Flame:Pools:TEST:Max=5"])
                .Build();
            await using var pool = InProcessPool.Start(o => (o.Max, o.QueueLimit) = (1, 77), more: flame => flame.UseConfiguration(configuration));
            pool.Pools.Set("test", new Dictionary<string, string> { ["Min"] = "0" });
            var options = pool.Pools.Explain("test").ToDictionary(option => option.Name);

            Assert.Equal(("5", "command line", true), Of("Max"));
            Assert.Equal(("1", $"environment {variable}", true), Of("Buffer"));
            Assert.Equal(("00:00:09", "Memory", true), Of("CancelGrace"));
            Assert.Equal(("77", "code", true), Of("QueueLimit"));
            Assert.Equal(("infinite", "default", true), Of("Timeout"));
            Assert.Equal(("0", $"flame pool set, {pool.Time.GetLocalNow():HH:mm:ss}", true), Of("Min"));
            Assert.Equal(("false", "default", false), Of("SingleUse"));
            Assert.Equal(("0", "default", false), Of("Resources:Gpus"));
            Assert.Equal(("in-process", "code", false), Of("Backend"));
            pool.Pools["test"].Update(o => o.Max = 6);
            Assert.Equal($"code, {pool.Time.GetLocalNow():HH:mm:ss}", pool.Pools.Explain("test").Single(option => option.Name == "Max").From);

            (string, string, bool) Of(string name) => (options[name].Value, options[name].From, options[name].IsLive);
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    [Fact]
    public void Every_option_of_a_pool_is_explained()
    {
        var known = Flame.Tuning.PoolOption.All.Select(option => option.Name).ToArray();
        string[] callbacks = [nameof(FlamePoolOptions.OnGrowStart), nameof(FlamePoolOptions.OnGrowEnd), nameof(FlamePoolOptions.OnShrink)];
        var all = typeof(FlamePoolOptions).GetProperties().Select(property => property.Name).Where(name => name != nameof(FlamePoolOptions.Resources)).Except(callbacks)
            .Concat(typeof(FlameResources).GetProperties().Select(property => $"Resources:{property.Name}"));
        Assert.Equal(all.Order(StringComparer.Ordinal), known.Order(StringComparer.Ordinal));
    }

    private static FlamePoolOptions Options(InProcessPool pool) => pool.Pools["test"].Options;
}
