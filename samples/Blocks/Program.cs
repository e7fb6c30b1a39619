using Flame;

// Blocks: code that runs on executors as it stands, with a copy of what it captures.
await using var pools = await FlameApplication.StartAsync(flame => flame.AddPool("cpu", pool => pool.Max = 4));

var (darts, players) = (500_000, 4);
var hits = await Task.WhenAll(Enumerable.Range(1, players).Select(seed => pools.CallAsync("cpu", () =>
{
    var random = new Random(seed);
    return Enumerable.Range(0, darts).Count(_ => Math.Pow(random.NextDouble(), 2) + Math.Pow(random.NextDouble(), 2) < 1);
})));
Console.WriteLine($"pi is about {4.0 * hits.Sum() / darts / players:0.00}");

// Items come as they are made; leaving the loop ends the block.
await foreach (var (guess, by) in pools.StreamAsync("cpu", ct => GuessesAsync(new Random(7))))
{
    Console.WriteLine($"{by} guesses {guess:0.000}");
    if (Math.Abs(guess - Math.PI) < 0.01) break;
}

async IAsyncEnumerable<(double Guess, string? By)> GuessesAsync(Random random)
{
    for (var (thrown, hit) = (0, 0); ; thrown++)
    {
        if (Math.Pow(random.NextDouble(), 2) + Math.Pow(random.NextDouble(), 2) < 1) hit++;
        if (thrown % (darts / 100) == 0 && thrown > 0) yield return (4.0 * hit / thrown, FlameParent.Current?.Executor);
        if (thrown % 1000 == 0) await Task.Yield();
    }
}
