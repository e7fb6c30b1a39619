using System.Diagnostics;

namespace Flame.Chaos;

/// <summary>One round: a parent under load, faults at random moments, then the count.</summary>
internal sealed class Round(Platform platform, int number, int seed, int calls, string? keep)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(120);

    // A machine that boots for a parent that is gone looks for it for 20 seconds, and the platform takes its time too.
    private static readonly TimeSpan s_cleanWithin = TimeSpan.FromSeconds(45);

    private const int MostFaults = 15;

    private readonly Random _random = new(seed);

    public async Task<RoundResult> RunAsync(CancellationToken ct)
    {
        var folder = Directory.CreateDirectory(Path.Combine(keep ?? Path.GetTempPath(), $"chaos-{platform.Name}-{number}-{Guid.NewGuid():N}")).FullName;
        var clock = Stopwatch.StartNew();
        var happened = new List<string>();
        try
        {
            var environment = new Dictionary<string, string> { [Diary.Folder] = folder, [ChaosParent.Calls] = $"{calls}", [ChaosParent.Seed] = $"{seed}" };
            var parent = await platform.StartParentAsync(environment, ct);
            var kills = _random.Next(2) == 0;
            var hung = !await BreakAsync(parent, kills ? _random.Next(calls * 3 / 4) : int.MaxValue, folder, happened, ct);
            if (hung) parent.Kill();
            await platform.HealAsync();
            await parent.RemoveAsync();
            var left = await LeftAsync(folder, ct);
            return new RoundResult(platform.Name, number, seed, Outcomes.Of(Diary.Read(folder), parentKilled: kills || hung), [.. happened], hung, left, clock.Elapsed);
        }
        finally
        {
            if (keep is null) Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Lets things happen until the parent is gone; it is killed once so many calls have ended.</summary>
    /// <returns>Whether it went in time.</returns>
    private async Task<bool> BreakAsync(IParentMachine parent, int killAt, string folder, List<string> happened, CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        end.CancelAfter(s_longest);
        while (!parent.Exited.IsCompleted)
        {
            await Task.WhenAny(parent.Exited, Task.Delay(_random.Next(150, 900), end.Token));
            if (parent.Exited.IsCompleted || end.IsCancellationRequested) break;
            if (Diary.Read(folder).Count(w => w[0] == "end") >= killAt)
            {
                happened.Add("parent killed");
                parent.Kill();
                await ((Task)parent.Exited).WaitAsync(s_longest, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
            }

            // Not for ever: in between, work must get done.
            if (happened.Count >= MostFaults) continue;
            var (name, happen) = platform.Faults[_random.Next(platform.Faults.Count)];
            happened.Add(name);
            await happen(_random, end.Token);
        }

        return parent.Exited.IsCompleted;
    }

    private async Task<string[]> LeftAsync(string folder, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            string[] left = [.. platform.Leftovers(), .. Diary.Read(folder).Where(w => w[0] == "up" && IsAlive(w[1])).Select(w => $"process {w[1]}")];
            if (left.Length == 0 || waited.Elapsed > s_cleanWithin) return left;
            await Task.Delay(100, ct);
        }
    }

    private static bool IsAlive(string pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Contains("Flame.Chaos", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
