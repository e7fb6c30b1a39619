using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Flame.Diagnostics;
using Flame.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Flame.Tests.Diagnostics;

public sealed partial class ExecutorLinesTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new();
    private readonly Sink _output = new();
    private readonly Sink _log = new();

    [Fact]
    public async Task Flood_is_bounded_and_every_line_is_written_or_counted()
    {
        const int Emitted = 100_000;
        var lines = Start();
        for (var i = 0; i < Emitted; i++) lines.Add(LogBody.Printed($"line {i}", isError: false));
        _time.Advance(ExecutorLines.SaidEvery);
        await lines.EndAsync().WaitAsync(s_patience);
        await UntilAsync(() => _output.Lines.Count + Dropped() == Emitted);
        Assert.InRange(_output.Lines.Count, 1, LineBudget.Burst);
        Assert.InRange(_log.Lines.Count, 1, 4);
    }

    [Fact]
    public async Task Executor_that_was_quiet_for_a_while_may_log_again()
    {
        var lines = Start();
        for (var i = 0; i < LineBudget.Burst + 10; i++) lines.Add(LogBody.Printed("x", isError: false));
        _time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < LineBudget.PerSecond; i++) lines.Add(LogBody.Printed("again", isError: false));
        await lines.EndAsync().WaitAsync(s_patience);
        await UntilAsync(() => _output.Lines.Count(static l => l.EndsWith("again", StringComparison.Ordinal)) == LineBudget.PerSecond);
    }

    [Fact]
    public async Task Logger_that_blocks_holds_up_nobody_and_fills_no_memory()
    {
        const int Emitted = 5000;
        using var open = new ManualResetEventSlim();
        _output.Before = open.Wait;
        var lines = Start();
        for (var i = 0; i < Emitted; i++)
        {
            lines.Add(LogBody.Printed(new string('x', 1000), isError: false));

            // The first waits a while for the logger, and none after it.
            lines.Settle();
        }

        open.Set();
        await lines.EndAsync().WaitAsync(s_patience);
        await UntilAsync(() => _output.Lines.Count + Dropped() == Emitted);
        Assert.InRange(_output.Lines.Sum(static l => l.Length), 1, ExecutorLines.Room + 5000);
    }

    [Fact]
    public void What_came_before_is_written_when_it_is_settled()
    {
        var lines = Start();
        for (var i = 1; i <= 100; i++)
        {
            lines.Add(LogBody.Printed($"line {i}", isError: false));
            lines.Settle();
            Assert.Equal(i, _output.Lines.Count);
        }
    }

    [Fact]
    public void Logger_that_throws_loses_its_line_only()
    {
        var lines = Start();
        _output.Before = static () => throw new InvalidOperationException("no room");
        lines.Add(LogBody.Printed("first", isError: false));
        lines.Settle();
        _output.Before = null;
        lines.Add(LogBody.Printed("second", isError: false));
        lines.Settle();
        Assert.Equal(["[main/1] second"], _output.Lines);
    }

    [Fact]
    public async Task Count_of_what_the_executor_itself_dropped_is_not_lost_in_a_flood()
    {
        var lines = Start();
        lines.Add(LogBody.Dropped(7, "the first"));
        for (var i = 0; i < LineBudget.Burst - 1; i++) lines.Add(LogBody.Printed("x", isError: false));
        lines.Add(LogBody.Dropped(1000, "the second"));
        await lines.EndAsync().WaitAsync(s_patience);
        await UntilAsync(() => Dropped() == 1007);
    }

    [Fact]
    public async Task Lines_that_the_logger_does_not_want_are_not_missed()
    {
        var lines = Start();
        _output.Enabled = false;
        for (var i = 0; i < LineBudget.Burst * 2; i++) lines.Add(LogBody.Printed("x", isError: false));
        _time.Advance(ExecutorLines.SaidEvery);
        await lines.EndAsync().WaitAsync(s_patience);
        Assert.Empty(_log.Lines);
    }

    private ExecutorLines Start() => new(_output, _log, "main/1", _time);

    private int Dropped() => _log.Lines.Sum(static l => int.Parse(Number().Match(l).Groups[1].Value));

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (!holds())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [GeneratedRegex("^FLM301[24] ([0-9]+) ")]
    private static partial Regex Number();

    private sealed class Sink : ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public Action? Before { get; set; }

        public bool Enabled { get; set; } = true;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => Enabled;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Before?.Invoke();
            Lines.Enqueue(formatter(state, exception));
        }
    }
}
