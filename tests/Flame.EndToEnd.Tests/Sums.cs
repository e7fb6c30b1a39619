namespace Flame.EndToEnd.Tests;

internal static class Sums
{
    [Flame(Pool = "main")]
    public static Task<int> AddAsync(int a, int b) => Task.FromResult(a + b);

    [Flame(Pool = "main")]
    public static async Task<int> ProcessAsync()
    {
        await Task.Yield();
        return Environment.ProcessId;
    }
}
