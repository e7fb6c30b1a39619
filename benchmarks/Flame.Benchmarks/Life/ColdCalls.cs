using System.Diagnostics;
using System.Globalization;

namespace Flame.Benchmarks;

/// <summary>
/// The call on an empty pool, which boots its executor, against the start of a .NET program that does nothing; with its
/// methods compiled beforehand, if they were; and both again compiled ahead of time, if they were.
/// </summary>
internal sealed class ColdCalls : IRounds
{
    private const string Empty = "empty console app, start to exit";

    private readonly ChildProcess _minimal = new(ChildProcess.Program("MinimalApp"));
    private readonly ChildProcess? _ready = ChildProcess.ReadyProgram("MinimalApp") is { } path ? new(path) : null;
    private readonly ChildProcess? _native = ChildProcess.NativeProgram("MinimalApp") is { } path ? new(path) : null;

    public static Task<IRounds> StartAsync() => Task.FromResult<IRounds>(new ColdCalls());

    public async Task RoundAsync(Report? report, TimeSpan time)
    {
        await RoundAsync(report, "cold call on an empty pool", ChildProcess.Program("EmptyApp"), _minimal);
        if (_ready is not null) await RoundAsync(report, "the same, ReadyToRun", ChildProcess.ReadyProgram("EmptyApp") ?? ChildProcess.Program("EmptyApp"), _ready);
        if (_native is not null) await RoundAsync(report, "the same, compiled ahead of time", ChildProcess.NativeProgram("EmptyApp")!, _native);
    }

    public async ValueTask DisposeAsync()
    {
        await _minimal.DisposeAsync();
        if (_ready is not null) await _ready.DisposeAsync();
        if (_native is not null) await _native.DisposeAsync();
    }

    private static async Task RoundAsync(Report? report, string what, string empty, ChildProcess minimal)
    {
        var (line, exit) = await StartAsync(empty);
        await minimal.SayAsync("call");
        var call = double.Parse(await minimal.ReadAsync(), CultureInfo.InvariantCulture);
        report?.Add(what, "ms", Empty, Empty, exit);
        report?.Add(what, "ms", "empty console app, start to first line", Empty, line);
        report?.Add(what, "ms", "[Flame] on an empty pool", Empty, call);
    }

    private static async Task<(double Line, double Exit)> StartAsync(string program)
    {
        var started = Stopwatch.GetTimestamp();
        await using var empty = new ChildProcess(program);
        await empty.ReadAsync();
        var line = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        await empty.ExitAsync();
        return (line, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }
}
