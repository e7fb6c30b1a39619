namespace Flame.Fly.Tests;

/// <summary>What a machine of the tests does that is no executor.</summary>
internal static class MachineMain
{
    public static async Task<int> RunAsync(string[] words)
    {
        switch (words)
        {
            case ["exit", var code]: return int.Parse(code, System.Globalization.CultureInfo.InvariantCulture);
            case ["env"]:
                foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables()) Console.WriteLine($"{entry.Key}={entry.Value}");
                return 0;
            default:
                Console.WriteLine("up");
                await Task.Delay(Timeout.InfiniteTimeSpan);
                return 0;
        }
    }
}
