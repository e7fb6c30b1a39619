using System.Runtime.CompilerServices;

namespace Flame.Dashboard.Tests;

/// <summary>What the page is to show.</summary>
internal static class Training
{
    /// <summary>Falls from a start, and goes on until it is cancelled when it has given its numbers.</summary>
    [Flame(Pool = "gpu")]
    public static async IAsyncEnumerable<(int Step, double Loss)> DescendAsync(double from, int steps, [EnumeratorCancellation] CancellationToken ct = default)
    {
        for (var step = 0; step < steps; step++)
        {
            await Task.Yield();
            yield return (step, from / (1 + (step * 0.1)));
        }

        await Task.Delay(Timeout.Infinite, ct);
    }

    [Flame(Pool = "gpu")]
    public static async Task<int> WaitAsync(string words, string password, CancellationToken ct = default)
    {
        Console.WriteLine(words);
        await Task.Delay(Timeout.Infinite, ct);
        return password.Length;
    }

    [Flame(Pool = "gpu")]
    public static Task FailAsync(string words) => throw new InvalidDataException(words);

    [Flame(Pool = "gpu")]
    public static async Task<int> ProcessAsync()
    {
        await Task.Yield();
        return Environment.ProcessId;
    }
}
