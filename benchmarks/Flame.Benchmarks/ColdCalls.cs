using System.Diagnostics;
using System.Globalization;

namespace Flame.Benchmarks;

/// <summary>The call on an empty pool, which boots its executor, against the start of a .NET program that does nothing.</summary>
internal sealed class ColdCalls : IAsyncDisposable
{
    private const string Empty = "empty console app, start to exit";

    private readonly ChildProcess _minimal = new(ChildProcess.Program("MinimalApp"));

    public async Task RoundAsync(Report? report)
    {
        const string What = "cold call on an empty pool";
        var (line, exit) = await StartEmptyAsync();
        await _minimal.SayAsync("call");
        var call = double.Parse(await _minimal.ReadAsync(), CultureInfo.InvariantCulture);
        report?.Add(What, "ms", Empty, Empty, exit);
        report?.Add(What, "ms", "empty console app, start to first line", Empty, line);
        report?.Add(What, "ms", "[Flame] on an empty pool", Empty, call);
    }

    public ValueTask DisposeAsync() => _minimal.DisposeAsync();

    private static async Task<(double Line, double Exit)> StartEmptyAsync()
    {
        var started = Stopwatch.GetTimestamp();
        await using var empty = new ChildProcess(ChildProcess.Program("EmptyApp"));
        await empty.ReadAsync();
        var line = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        await empty.ExitAsync();
        return (line, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }
}
