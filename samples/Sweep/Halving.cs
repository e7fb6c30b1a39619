namespace Sweep;

/// <summary>
/// Stops the worst half at each rung, as asynchronous successive halving does (Li and others, A System for Massively Parallel Hyperparameter Tuning, 2020):
/// nobody waits at a rung, and whoever falls below the median of those who have been there is stopped, then or later. Thread-safe.
/// </summary>
internal sealed class Halving(int steps)
{
    private const int Least = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Dictionary<Run, double>> _rungs = new() { [steps / 4] = [], [steps / 2] = [] };

    public void Passed(Run run, int step)
    {
        if (!_rungs.TryGetValue(step, out var rung)) return;
        Run[] worst;
        lock (_gate)
        {
            rung[run] = run.Loss;
            if (rung.Count < Least) return;
            worst = [.. rung.OrderByDescending(passed => passed.Value).Take(rung.Count / 2).Select(passed => passed.Key)];
        }

        foreach (var one in worst) one.Stop();
    }
}
