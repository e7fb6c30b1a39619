using Flame.Executor.Tests.InProcess;
using Flame.Executor.Tests.Links;
using Microsoft.Extensions.Configuration;

namespace Flame.Executor.Tests.Tuning;

/// <summary>What a running pool makes of configuration that changes.</summary>
public sealed class ReloadTests : IDisposable
{
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(250);

    private readonly LogRecorder _log = new();
    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();

    public void Dispose() => ((IDisposable)_log).Dispose();

    [Fact]
    public async Task Raised_Max_boots_for_the_calls_that_wait_and_a_log_line_says_what_changed()
    {
        await using var pool = Start(o => o.Max = 1);
        var (first, second) = (Work.Remote.WaitAsync("first", InProcessPool.Patience), Work.Remote.WaitAsync("second", InProcessPool.Patience));
        await pool.Gates["first"].Entered;

        Reload(pool, ("Max", "2"));

        await pool.Gates["second"].Entered;
        foreach (var gate in (string[])["first", "second"]) pool.Gates[gate].Open();
        await Task.WhenAll(first, second);
        Assert.Contains("FLM3053 pool test goes on with other options: Max 1 → 2 (Memory)", _log.Lines);
    }

    [Fact]
    public async Task Lowered_Max_ends_no_call_and_its_executor_goes_when_it_has_ended()
    {
        await using var pool = Start(o => (o.Max, o.ShutdownTimeout) = (2, TimeSpan.FromSeconds(1)));
        var (first, second) = (Work.Remote.PassAsync("first", InProcessPool.Patience), Work.Remote.PassAsync("second", InProcessPool.Patience));
        await Task.WhenAll(pool.Gates["first"].Entered, pool.Gates["second"].Entered);

        Reload(pool, ("Max", "1"));
        pool.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(2, pool.Stats.Running);
        foreach (var gate in (string[])["first", "second"]) pool.Gates[gate].Open();
        Assert.Equal(["first", "second"], await Task.WhenAll(first, second));
        await pool.UntilAsync(stats => stats.Count == 1);
    }

    [Fact]
    public async Task Wrong_value_is_refused_as_a_whole_and_the_pool_goes_on_as_it_was()
    {
        await using var pool = Start(o => o.Max = 3);
        Reload(pool, ("Max", "many"), ("Buffer", "2"), ("Min", "7"));
        Assert.Equal((3, 0, 0), (Options(pool).Max, Options(pool).Buffer, Options(pool).Min));
        var told = Assert.Single(_log.Lines, line => line.StartsWith("FLM3054 ", StringComparison.Ordinal));
        Assert.Contains("FLM1001: Flame:Pools:test:Max — 'many'", told, StringComparison.Ordinal);
        Assert.Contains("FLM1003: Flame:Pools:test:Min — 7", told, StringComparison.Ordinal);
        Assert.Contains(pool.Pools.Explain("test"), option => option is { Name: "Max", Value: "3" } && option.From.EndsWith("Memory now says many, which was refused", StringComparison.Ordinal));

        Reload(pool, ("Max", "4"), ("Min", null));
        Assert.Equal((4, 2), (Options(pool).Max, Options(pool).Buffer));
    }

    [Fact]
    public async Task Value_that_goes_away_gives_back_what_the_program_says()
    {
        await using var pool = Start(o => o.Max = 3);
        Reload(pool, ("Max", "5"));
        Assert.Equal(5, Options(pool).Max);
        Reload(pool, ("Max", null));
        Assert.Equal(3, Options(pool).Max);
    }

    [Fact]
    public async Task What_a_pool_keeps_for_life_counts_from_the_next_start_and_is_told_once()
    {
        await using var pool = Start(o => o.Max = 3);
        Reload(pool, ("MaxPayloadSize", "5000"), ("Resources:Gpus", "2"), ("Max", "4"));
        Reload(pool, ("Buffer", "1"));
        Assert.Equal((4, 1, 256 * 1024 * 1024, 0), (Options(pool).Max, Options(pool).Buffer, Options(pool).MaxPayloadSize, Options(pool).Resources.Gpus));
        Assert.EndsWith(": MaxPayloadSize, Resources:Gpus", Assert.Single(_log.Lines, line => line.StartsWith("FLM3055 ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains(pool.Pools.Explain("test"), option => option.Name == "MaxPayloadSize" && option.From.EndsWith("Memory now says 5000, from the next start on", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Burst_of_changes_is_read_once()
    {
        await using var pool = Start(o => o.Max = 3);
        for (var max = 4; max < 10; max++)
        {
            Say(("Max", $"{max}"));
            _configuration.Reload();
            pool.Time.Advance(Burst / 2);
            Assert.Equal(3, Options(pool).Max);
        }

        pool.Time.Advance(Burst);
        Assert.Equal(9, Options(pool).Max);
        Assert.Single(_log.Lines, line => line.StartsWith("FLM3053 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_keeps_the_timeout_that_it_began_with_and_the_next_has_the_new_one()
    {
        await using var pool = Start(o => (o.Max, o.Timeout) = (2, TimeSpan.FromHours(2)));
        var first = Work.Remote.PassAsync("first", InProcessPool.Patience);
        await pool.Gates["first"].Entered;
        Reload(pool, ("Timeout", "00:01:00"));
        var second = Work.Remote.PassAsync("second", InProcessPool.Patience);
        await pool.Gates["second"].Entered;
        pool.Time.Advance(TimeSpan.FromMinutes(2));
        await Assert.ThrowsAsync<CallTimeoutException>(() => second);
        pool.Gates["first"].Open();
        Assert.Equal("first", await first);
    }

    private static FlamePoolOptions Options(InProcessPool pool) => pool.Pools["test"].Options;

    private InProcessPool Start(Action<FlamePoolOptions> configure) => InProcessPool.Start(configure, more: flame => flame.UseConfiguration(_configuration), loggers: _log);

    private void Reload(InProcessPool pool, params (string Option, string? Value)[] values)
    {
        Say(values);
        _configuration.Reload();
        pool.Time.Advance(Burst);
    }

    private void Say(params (string Option, string? Value)[] values)
    {
        // The provider of this source forgets nothing, but a null is as good as nothing said only where its key is gone.
        var provider = (Microsoft.Extensions.Configuration.Memory.MemoryConfigurationProvider)_configuration.Providers.Single();
        foreach (var (option, value) in values)
        {
            if (value is null) Forget(provider, option);
            else provider.Set($"Flame:Pools:test:{option}", value);
        }
    }

    private static void Forget(ConfigurationProvider provider, string option) => DataOf(provider).Remove($"Flame:Pools:test:{option}");

    [System.Runtime.CompilerServices.UnsafeAccessor(System.Runtime.CompilerServices.UnsafeAccessorKind.Method, Name = "get_Data")]
    private static extern IDictionary<string, string?> DataOf(ConfigurationProvider provider);
}
