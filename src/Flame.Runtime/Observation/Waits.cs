using Flame.Diagnostics;

namespace Flame.Observation;

/// <summary>What boots wait for.</summary>
internal static class Waits
{
    /// <summary>In the platform's words, each once, with how many wait for it.</summary>
    public static string[] Of(IEnumerable<ExecutorView> executors) => [.. executors.Select(static executor => executor.WaitsFor).OfType<string>().GroupBy(LogText.Line)
        .Select(static same => same.Count() == 1 ? same.Key : $"{same.Count()} × {same.Key}")];
}
