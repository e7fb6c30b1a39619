using System.Diagnostics;
using Flame.EndToEnd.Tests.Processes;

[assembly: AssemblyFixture(typeof(LeftoverProcesses))]

namespace Flame.EndToEnd.Tests.Processes;

/// <summary>
/// The whole suite's promise: when it has run, nothing that it started is alive. A leftover is named, ended, and fails
/// the run.
/// </summary>
public sealed class LeftoverProcesses : IAsyncDisposable
{
    private const string Variable = "FLAME_TEST_RUN";

    private static readonly TimeSpan s_grace = TimeSpan.FromMinutes(1);

    private readonly string _run = Guid.NewGuid().ToString("N");

    // Everything that the tests start inherits it, and what that starts.
    public LeftoverProcesses() => Environment.SetEnvironmentVariable(Variable, _run);

    public async ValueTask DisposeAsync()
    {
        var clock = Stopwatch.StartNew();
        IReadOnlyList<int> left;
        while ((left = MarkedProcesses.Find(Variable, _run)).Count > 0 && clock.Elapsed < s_grace) await Task.Delay(20);
        if (left.Count == 0) return;

        var names = string.Join(", ", left.Select(MarkedProcesses.Describe));
        foreach (var pid in left) await Signals.KillAsync(pid);
        throw new InvalidOperationException($"Processes outlived the tests: {names}");
    }
}
