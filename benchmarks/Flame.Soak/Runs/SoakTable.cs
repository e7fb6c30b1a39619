using System.Globalization;
using Flame.Soak.Parents;

namespace Flame.Soak.Runs;

/// <summary>What a run prints at its end.</summary>
internal sealed class SoakTable(TextWriter output)
{
    private const int MostShown = 50;

    public void Calls(Ledger ledger)
    {
        output.WriteLine($"{"kind of call",-26}{"started",9}{"right",9}{"run again",10}  otherwise");
        foreach (var (kind, outcomes) in ledger.Outcomes)
        {
            var otherwise = outcomes.Where(o => o.Key != "ok").Select(o => $"{o.Value} {o.Key}");
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{kind,-26}{outcomes.Values.Sum(),9}{outcomes.GetValueOrDefault("ok"),9}{ledger.RunAgain.GetValueOrDefault(kind),10}  {string.Join(", ", otherwise)}"));
        }

        output.WriteLine();
    }

    public void Faults(IReadOnlyDictionary<string, int> happened)
    {
        output.WriteLine("what happened");
        foreach (var (name, times) in happened) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times,6} {name}"));
        output.WriteLine();
    }

    public void Vitals(string carrier, Vitals? before, Vitals? after)
    {
        if (before is null || after is null) return;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"parent at rest ({carrier}): {before.LiveKiB} → {after.LiveKiB} KiB live, {before.ResidentKiB} → {after.ResidentKiB} KiB resident, {before.Handles} → {after.Handles} handles, {before.Threads} → {after.Threads} threads"));
    }

    /// <summary>The sum.</summary>
    /// <returns>Whether every promise was kept.</returns>
    public bool End(SoakOptions options, TimeSpan took, Ledger ledger, string[] violations)
    {
        var right = ledger.Outcomes.Values.Sum(outcomes => outcomes.GetValueOrDefault("ok"));
        var with = ledger.Outcomes.Values.Sum(outcomes => outcomes.GetValueOrDefault("with its parent"));
        output.WriteLine();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Duration.TotalMinutes:0.##} minutes of load from seed {options.Seed}, {took.TotalSeconds:0} s in all: {ledger.Count} calls = {right} right + {ledger.Count - right - with} failures of a known type + {with} that went with their parent."));
        foreach (var violation in violations.Take(MostShown)) output.WriteLine($"VIOLATION: {violation}");
        output.WriteLine($"{violations.Length} promises broken.");
        return violations.Length == 0;
    }
}
