namespace Flame.Model;

/// <summary>What became of one run.</summary>
/// <param name="Failure">What went wrong; <see langword="null"/>: nothing.</param>
/// <param name="Marks">Its decisions that were not the plainest.</param>
/// <param name="Decisions">How many decisions there were.</param>
/// <param name="Hash">Tells its schedule from others.</param>
/// <param name="Steps">Points at which somebody else could have gone first.</param>
internal readonly record struct RunEnd(string? Failure, Decision[] Marks, int Decisions, ulong Hash, int Steps);

/// <summary>Runs the scenario, and makes what a failing run did as short as it can be.</summary>
internal sealed class LinkRuns : IDisposable
{
    private readonly Crew _crew = new();

    public Dictionary<string, long> Tally { get; } = [];

    public static WorldRules RulesOf(ulong seed, Sabotage sabotage) => new(seed % 2 == 1, sabotage);

    public RunEnd Run(ulong seed, Sabotage sabotage = Sabotage.None, List<string>? diary = null) =>
        Run(new Choices(seed), RulesOf(seed, sabotage), diary);

    public RunEnd Run(Decision[] script, WorldRules rules, List<string>? diary = null) => Run(new Choices(script), rules, diary);

    /// <summary>The same failure with as few decisions as possible that are not the plainest: parts are left out, ever smaller ones, until none can be.</summary>
    public Decision[] Shrink(RunEnd failed, WorldRules rules)
    {
        var best = failed.Marks;
        for (var again = true; again;)
        {
            again = false;
            for (var size = (best.Length + 1) / 2; size > 0; size /= 2)
            {
                for (var at = 0; at < best.Length;)
                {
                    var end = Run([.. best.Take(at), .. best.Skip(at + size)], rules);
                    if (end.Failure is not null && end.Marks.Length < best.Length && Kind(end.Failure) == Kind(failed.Failure!)) (best, again) = (end.Marks, true);
                    else at += size;
                }
            }
        }

        return best;
    }

    public void Dispose() => _crew.Dispose();

    // Which call, and which executor, is another matter in another run.
    private static string Kind(string failure) => string.Concat(failure.TakeWhile(static c => c != ':').Where(static c => !char.IsAsciiDigit(c)));

    private RunEnd Run(Choices choices, WorldRules rules, List<string>? diary)
    {
        var world = new World(_crew, choices, rules) { Diary = diary, Tally = Tally };
        world.Run(() => new LinkScenario(world).RunAsync());
        return new RunEnd(world.Failure, choices.Marks, choices.Count, choices.Hash, world.Steps);
    }
}
