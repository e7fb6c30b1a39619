using System.Globalization;
using System.Text.RegularExpressions;
using Flame.EndToEnd.Tests.Calls;
using Flame.Links;
using Microsoft.Extensions.Logging;

namespace Flame.EndToEnd.Tests.Limits;

/// <summary>An executor that logs or prints without measure, and a logger that takes nothing.</summary>
public sealed partial class FloodTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Flood_of_lines_is_bounded_says_how_many_are_missing_and_stops_no_call(bool overLink)
    {
        const int Emitted = 100_000;
        var (words, log) = (Guid.NewGuid().ToString(), new LogRecorder());
        await using (var pools = await TestPools.StartAsync(
            flame =>
            {
                if (overLink) flame.UseBackend(new ElsewhereBackend());
                flame.AddPool("main", p => (p.Max, p.MaxConcurrency) = (1, 4));
            },
            log))
        {
            using var _ = pools.Use();
            var flood = Speaker.FloodAsync(words, Emitted);
            for (var i = 0; i < 20 || !flood.IsCompleted; i++) Assert.Equal(i + 1, await Sums.AddAsync(i, 1).Patiently());
            await flood.Patiently();
        }

        await Patience.UntilAsync(() => Shown() + Dropped() >= Emitted);
        Assert.Equal(Emitted, Shown() + Dropped());
        Assert.InRange(Shown(), 1, Emitted - 1);

        int Shown() => log.Lines.Count(l => l.Text.Contains(words, StringComparison.Ordinal));
        int Dropped() => log.Lines.Where(l => l.EventId is 3012 or 3014).Sum(l => int.Parse(Number().Match(l.Text).Groups[1].Value, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Logger_of_the_parent_that_blocks_loses_no_executor_and_no_call()
    {
        var heartbeat = TimeSpan.FromSeconds(1);
        using var loggers = new BlockingLoggers();
        await using var pools = await TestPools.StartAsync(
            flame =>
            {
                flame.Heartbeat = heartbeat;
                flame.AddPool("main", p => (p.Min, p.Max, p.MaxConcurrency) = (1, 1, 4));
            },
            loggers);
        using var _ = pools.Use();
        await Speaker.LogAsync("blocked", null!).Patiently();
        await Task.Delay(heartbeat * (Heartbeat.Allowed + 3), TestContext.Current.CancellationToken);
        await Speaker.LogAsync("blocked", null!).Patiently();
        Assert.Equal(5, await Sums.AddAsync(2, 3).Patiently());
        Assert.Equal("main/1", Assert.Single(pools["main"].GetStats().Executors).Name);
        Assert.True(loggers.Blocks);
        loggers.Open();
    }

    [GeneratedRegex("^FLM301[24] ([0-9]+) ")]
    private static partial Regex Number();

    /// <summary>What executors log goes nowhere, and whoever writes it stays.</summary>
    private sealed class BlockingLoggers : ILoggerFactory
    {
        private readonly ManualResetEventSlim _open = new();
        private readonly LogRecorder _rest = new();
        private int _inside;

        public bool Blocks => Volatile.Read(ref _inside) > 0 && !_open.IsSet;

        public void Open() => _open.Set();

        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("Flame.Executor.", StringComparison.Ordinal) ? new Blocker(this) : _rest.CreateLogger(categoryName);

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose() => _open.Set();

        private sealed class Blocker(BlockingLoggers all) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                Interlocked.Increment(ref all._inside);
                all._open.Wait(CancellationToken.None);
            }
        }
    }
}
