namespace Flame.Benchmarks.Minimal;

internal static class Work
{
    [Flame(Pool = "cold")]
    public static Task<int> AddAsync(int a, int b) => Task.FromResult(a + b);
}
