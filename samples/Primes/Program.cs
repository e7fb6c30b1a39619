using Flame;

// Started again by the pool, this same program is an executor: it serves calls here and goes no further.
await using var pools = await FlameApplication.StartAsync();

var parts = Enumerable.Range(0, 8).Select(i => Primes.CountAsync(i * 250_000, 250_000));
foreach (var (count, by) in await Task.WhenAll(parts))
    Console.WriteLine($"{count} primes, says {by}");

public static class Primes
{
    [Flame(Pool = "cpu")]
    public static async Task<(int Count, string By)> CountAsync(int from, int count)
    {
        await Task.Yield();
        var primes = Enumerable.Range(from, count).Count(n => n > 1 && Enumerable.Range(2, (int)Math.Sqrt(n) - 1).All(d => n % d != 0));
        return (primes, FlameParent.Current?.Executor ?? "the parent");
    }
}
