using System.Globalization;

namespace Flame.Chaos;

/// <summary>Prints a row for each round, and what was not as promised below it.</summary>
internal sealed class RoundTable(TextWriter output)
{
    private readonly List<RoundResult> _rows = [];

    public void Add(RoundResult row)
    {
        if (_rows.Count == 0)
            output.WriteLine($"{"backend",-11}{"round",5} {"seed",5} {"calls",6} {"ok",5} {"failed",6} {"with parent",11} {"run again",9} {"left",5} {"s",6}  what happened");
        _rows.Add(row);
        var o = row.Outcomes;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Platform,-11}{row.Number,5} {row.Seed,5} {o.Started,6} {o.Ok,5} {o.Failed,6} {o.WithParent,11} {o.RunAgain,9} {row.Left.Length,5} {row.Took.TotalSeconds,6:0.0}  {string.Join(", ", row.Happened)}"));
        if (row.Hung) output.WriteLine("  VIOLATION: the parent did not end");
        foreach (var violation in o.Violations) output.WriteLine($"  VIOLATION: {violation}");
        foreach (var left in row.Left) output.WriteLine($"  VIOLATION: left behind: {left}");
    }

    /// <summary>The sum.</summary>
    /// <returns>The exit code.</returns>
    public int End()
    {
        var broken = _rows.Count(row => !row.IsFine);
        var failures = _rows.SelectMany(r => r.Outcomes.Failures).GroupBy(f => f.Key).Select(g => $"{g.Sum(f => f.Value)} {g.Key}");
        output.WriteLine();
        output.WriteLine($"{_rows.Count} rounds, {_rows.Sum(r => r.Outcomes.Started)} calls: {_rows.Sum(r => r.Outcomes.Ok)} results, {string.Join(", ", failures.DefaultIfEmpty("no failures"))}, {_rows.Sum(r => r.Outcomes.WithParent)} that went with their parent.");
        output.WriteLine($"{_rows.Sum(r => r.Left.Length)} pods, secrets, leases, machines and processes left. {broken} rounds broke a promise.");
        return broken == 0 ? 0 : 1;
    }
}
