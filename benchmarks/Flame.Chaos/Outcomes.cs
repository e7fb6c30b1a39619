namespace Flame.Chaos;

/// <summary>What became of the calls of a round, from what its processes wrote down.</summary>
internal sealed record Outcomes(int Started, int Ok, int Failed, int WithParent, int RunAgain, IReadOnlyDictionary<string, int> Failures, IReadOnlyList<string> Violations)
{
    public static Outcomes Of(string[][] lines, bool parentKilled)
    {
        var started = lines.Where(w => w[0] == "call").ToLookup(w => w[1], w => w[2]);
        var ends = lines.Where(w => w[0] == "end").ToLookup(w => w[1]);
        var runs = lines.Where(w => w[0] == "ran").GroupBy(w => w[1]).ToDictionary(g => g.Key, g => g.Count());
        var violations = new List<string>();
        var (ok, failed, withParent, again) = (0, 0, 0, 0);
        foreach (var call in started)
        {
            var end = ends[call.Key].Select(w => w[2]).ToArray();
            var ran = runs.GetValueOrDefault(call.Key);
            if (call.Count() > 1) violations.Add($"call {call.Key} began {call.Count()} times");
            if (end.Length > 1) violations.Add($"call {call.Key} ended {end.Length} times");
            if (ran > 1 && call.First() == "once") violations.Add($"call {call.Key} ran {ran} times and is not idempotent");
            if (ran > 1) again++;
            if (end.Length == 0)
            {
                withParent++;
                if (!parentKilled) violations.Add($"call {call.Key} has no outcome");
            }
            else if (end[0] == "ok")
            {
                ok++;
                if (ran == 0) violations.Add($"call {call.Key} has a result and never ran");
            }
            else
            {
                failed++;
                if (end[0].Contains(':')) violations.Add($"call {call.Key} ended as {string.Join(' ', ends[call.Key].First()[2..])}");
            }
        }

        violations.AddRange(ends.Where(e => !started.Contains(e.Key)).Select(e => $"call {e.Key} ended and never began"));
        var failures = lines.Where(w => w[0] == "end" && w[2] != "ok").GroupBy(w => w[2]).ToDictionary(g => g.Key, g => g.Count());
        return new Outcomes(started.Count, ok, failed, withParent, again, failures, violations);
    }
}

/// <summary>A row of the table.</summary>
internal sealed record RoundResult(string Platform, int Number, int Seed, Outcomes Outcomes, string[] Happened, bool Hung, string[] Left, TimeSpan Took)
{
    public bool IsFine => !Hung && Left.Length == 0 && Outcomes.Violations.Count == 0;
}
