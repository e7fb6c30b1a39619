using System.Diagnostics;

namespace Flame.Model;

/// <summary>The command <c>links</c>: many runs, several at a time, until one fails.</summary>
internal static class LinkBatch
{
    private const int MostLines = 200;

    public static int Run(int runs, ulong seed, Sabotage sabotage, int workers, TextWriter output)
    {
        var watch = Stopwatch.StartNew();
        var batches = Enumerable.Range(0, workers).Select(worker => new Batch(runs, seed, sabotage, worker, workers)).ToArray();
        var threads = batches.Select(batch => new Thread(() => batch.Run(batches))).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        var distinct = new HashSet<ulong>();
        foreach (var batch in batches) distinct.UnionWith(batch.Distinct);
        var done = batches.Sum(static batch => batch.Runs);
        output.WriteLine(
            $"{done:N0} runs, {distinct.Count:N0} different schedules, {batches.Sum(static batch => batch.Steps) / Math.Max(done, 1)} points and {batches.Sum(static batch => batch.Decisions) / Math.Max(done, 1)} decisions a run, {watch.Elapsed.TotalSeconds:0} s, {done / watch.Elapsed.TotalSeconds:0} runs/s");
        foreach (var what in batches.SelectMany(static batch => batch.Tally).GroupBy(static kind => kind.Key, static kind => kind.Value).OrderBy(static kind => kind.Key, StringComparer.Ordinal))
            output.WriteLine($"  {what.Key}: {what.Sum():N0}");
        if (batches.Where(static batch => batch.Failed is not null).OrderBy(static batch => batch.FailedSeed).FirstOrDefault() is not { } failing)
        {
            output.WriteLine("every promise was kept.");
            return 0;
        }

        Tell(failing.FailedSeed, failing.Failed!.Value, sabotage, output);
        return 1;
    }

    private static void Tell(ulong seed, RunEnd failed, Sabotage sabotage, TextWriter output)
    {
        using var links = new LinkRuns();
        var rules = LinkRuns.RulesOf(seed, sabotage);
        output.WriteLine($"--seed {seed} fails: {failed.Failure}");
        var least = links.Shrink(failed, rules);
        var diary = new List<string>();
        var last = links.Run(least, rules, diary);
        output.WriteLine($"{least.Length} of its {failed.Marks.Length} decisions are enough: {last.Failure}");
        foreach (var line in diary.Take(MostLines)) output.WriteLine($"  {line}");
        if (diary.Count > MostLines) output.WriteLine($"  … and {diary.Count - MostLines} more");
    }

    private sealed class Batch(int runs, ulong seed, Sabotage sabotage, int worker, int workers)
    {
        public HashSet<ulong> Distinct { get; } = [];

        public Dictionary<string, long> Tally { get; private set; } = [];

        public int Runs { get; private set; }

        public long Steps { get; private set; }

        public long Decisions { get; private set; }

        public RunEnd? Failed { get; private set; }

        public ulong FailedSeed { get; private set; }

        public void Run(Batch[] all)
        {
            using var links = new LinkRuns();
            for (var run = worker; run < runs && !Array.Exists(all, static batch => batch.Failed is not null); run += workers)
            {
                var end = links.Run(seed + (ulong)run, sabotage);
                Runs++;
                Distinct.Add(end.Hash);
                Steps += end.Steps;
                Decisions += end.Decisions;
                if (end.Failure is null) continue;
                FailedSeed = seed + (ulong)run;
                Failed = end;
            }

            Tally = links.Tally;
        }
    }
}
