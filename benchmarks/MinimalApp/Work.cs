using System.Diagnostics;

namespace Flame.Benchmarks.Minimal;

internal static class Work
{
    /// <summary>When the executor came to its first line, when it knew what it is, and when this method was called.</summary>
    [Flame(Pool = "cold")]
    public static Task<long[]> MomentsAsync() => Task.FromResult<long[]>([Parts.Main, Parts.Introduced, Stopwatch.GetTimestamp()]);

    [Flame(Pool = "cold")]
    public static Task StayAsync(int milliseconds) => Task.Delay(milliseconds);

    [Flame(Pool = "cold")]
    public static Task<int> ProcessAsync() => Task.FromResult(Environment.ProcessId);

    /// <summary>Shows a file in the folder, and waits until so many are there.</summary>
    [Flame(Pool = "cold")]
    public static async Task<int> ProcessWhenAllAreHereAsync(string folder, int all)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, $"{Environment.ProcessId}"), "");
        while (Directory.Exists(folder) && Directory.GetFiles(folder).Length < all) await Task.Delay(50);
        return Environment.ProcessId;
    }
}
