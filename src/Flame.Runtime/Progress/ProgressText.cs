using System.Globalization;

namespace Flame.Progress;

/// <summary>A map, as it is at one moment.</summary>
/// <param name="Pool">Where its calls run.</param>
/// <param name="Done">Calls that have ended, the failed ones included.</param>
/// <param name="Total">Items of its source; <see langword="null"/>: nobody knows.</param>
/// <param name="Failed">Calls that failed.</param>
/// <param name="Took">How long it has gone on.</param>
/// <param name="PerSecond">Calls that end in a second.</param>
internal readonly record struct MapFigures(string Pool, long Done, long? Total, long Failed, TimeSpan Took, double PerSecond);

/// <summary>A pool, as it is at one moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Backend">What makes its executors.</param>
/// <param name="Up">Executors that take calls.</param>
/// <param name="Max">Executors at most.</param>
/// <param name="Booting">Executors on their way.</param>
/// <param name="Queued">Calls that wait.</param>
/// <param name="Waits">What boots wait for, in the platform's words, each once.</param>
internal readonly record struct PoolFigures(string Name, string Backend, int Up, int Max, int Booting, int Queued, string[] Waits);

/// <summary>What a map has cost.</summary>
/// <param name="Pool">Where its calls ran.</param>
/// <param name="Calls">Calls that ended.</param>
/// <param name="Failed">Calls that failed.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Retries">How often the pool ran a call again meanwhile.</param>
/// <param name="ExecutorSeconds">Seconds of the pool's executors meanwhile.</param>
/// <param name="ColdStarts">Executors that came up meanwhile.</param>
internal readonly record struct MapSummary(string Pool, long Calls, long Failed, TimeSpan Took, long Retries, double ExecutorSeconds, long ColdStarts);

/// <summary>Figures as one line each, which is cut and never goes on below. No colours: there are terminals, and people, that have none.</summary>
internal static class ProgressText
{
    private const int BarCells = 12;
    private const int WidthForBar = 60;

    public static string Of(in MapFigures map, int width)
    {
        var count = map.Total is { } total ? Invariant($"{map.Done:N0}/{total:N0} done") : Invariant($"{map.Done:N0} done");
        var bar = map.Total is { } of && width >= WidthForBar ? Bar(map.Done, of) + "  " : "";
        var failed = map.Failed > 0 ? Invariant($" · {map.Failed:N0} failed") : "";
        var rate = map.Done > 0 ? $" · {Rate(map.PerSecond)}" : "";
        return Cut($"map on {map.Pool}  {bar}{count}{failed}{rate}{Eta(map)}", width);
    }

    public static string Of(in PoolFigures pool, int width)
    {
        var booting = pool.Booting > 0 ? Invariant($" · {pool.Booting} booting") : "";
        var queued = pool.Queued > 0 ? Invariant($" · {pool.Queued:N0} queued") : "";
        var waits = pool.Waits.Length > 0 ? $" · {string.Join("; ", pool.Waits)}" : "";
        return Cut(Invariant($"pool {pool.Name} ({pool.Backend})  {pool.Up}/{pool.Max} up{booting}{queued}{waits}"), width);
    }

    public static string Of(in MapSummary map) => Invariant(
        $"map on {map.Pool}: {map.Calls:N0} calls in {Span(map.Took)}, {map.Failed:N0} failed, {map.Retries:N0} run again, {map.ExecutorSeconds:N1} executor-seconds, {map.ColdStarts} cold starts");

    /// <summary>The last cell stays free: where a line ends is not the same on all terminals.</summary>
    public static string Cut(string line, int width)
    {
        var most = Math.Max(1, width - 1);
        if (line.Length <= most) return line;
        var at = most - 1;
        if (at > 0 && char.IsHighSurrogate(line[at - 1])) at--;
        return line[..at] + "…";
    }

    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 10 } => Invariant($"{span.TotalSeconds:0.0}s"),
        { TotalSeconds: < 60 } => Invariant($"{span.TotalSeconds:0}s"),
        { TotalMinutes: < 60 } => Invariant($"{(int)span.TotalMinutes}m{span.Seconds:00}s"),
        _ => Invariant($"{(int)span.TotalHours}h{span.Minutes:00}m"),
    };

    private static string Eta(in MapFigures map)
    {
        if (map.Total is not { } total || map.Done == 0 || map.Done >= total || map.PerSecond <= 0) return "";
        var seconds = (total - map.Done) / map.PerSecond;
        return seconds < 360_000 ? $" · ETA {Span(TimeSpan.FromSeconds(Math.Ceiling(seconds)))}" : "";
    }

    // Less than one a second says more the other way round.
    private static string Rate(double perSecond) => perSecond switch
    {
        >= 10 => Invariant($"{perSecond:N0}/s"),
        >= 1 => Invariant($"{perSecond:0.0}/s"),
        > 0 => $"{Span(TimeSpan.FromSeconds(Math.Min(1 / perSecond, 360_000)))} each",
        _ => "0/s",
    };

    private static string Bar(long done, long total)
    {
        var full = total == 0 ? BarCells : (int)Math.Min(BarCells, done * BarCells / total);
        return new string('█', full) + new string('░', BarCells - full);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
