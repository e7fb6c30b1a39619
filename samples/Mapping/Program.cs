using Flame;

// Mapping: a block or a marked method runs for each of many items, on as many executors as the pool has.
await using var pools = await FlameApplication.StartAsync(flame => flame.AddPool("cpu", pool => pool.Max = 2));

// A day's log is made when there is room for it, so ten thousand days take no more memory than a few.
var days = Enumerable.Range(1, 20).Select(AccessLog.Of);

// A block for each: results come in the order of the items, and leaving the loop stops the rest.
await foreach (var day in pools.MapAsync("cpu", days, log => log.Split('\n').Count(line => line.Contains(" 500 ", StringComparison.Ordinal))))
{
    Console.WriteLine($"day {day.Index + 1}: {day.Value} requests failed");
    if (day.Index == 2) break;
}

// With a fold no result is kept: each is taken into one state, here, one after another.
var paths = await pools.ForEachAsync("cpu", days, AccessLog.Paths, new SortedDictionary<string, int>(), (all, day) =>
{
    foreach (var (path, count) in day.Value) all[path] = all.GetValueOrDefault(path) + count;
    return all;
});
Console.WriteLine(string.Join(", ", paths.Select(path => $"{path.Key} {path.Value}")));

// A marked method is a block too. With Collect a failure is a result as others are, and the others go on.
await foreach (var day in pools.MapAsync("cpu", days, AccessLog.SlowestAsync, new() { OnError = FlameOnError.Collect }))
{
    if (day.Error is { } error) Console.WriteLine($"day {day.Index + 1} cannot be read: {error.Message}");
    else if (day.Index % 5 == 0) Console.WriteLine($"day {day.Index + 1}: the slowest took {day.Value} ms");
}

internal static class AccessLog
{
    [Flame(Pool = "cpu")]
    public static async Task<int> SlowestAsync(string log, CancellationToken ct)
    {
        var slowest = 0;
        using var lines = new StringReader(log);
        while (await lines.ReadLineAsync(ct) is { } line)
        {
            if (!int.TryParse(line.Split(' ')[^1], out var took)) throw new InvalidDataException($"'{line}' has no time");
            slowest = Math.Max(slowest, took);
        }

        return slowest;
    }

    public static Dictionary<string, int> Paths(string log) =>
        log.Split('\n').Select(line => line.Split(' ')).Where(fields => fields.Length == 4).CountBy(fields => fields[1]).ToDictionary();

    /// <summary>The log of a day: method, path, status, milliseconds. That of day 13 was cut off.</summary>
    public static string Of(int day)
    {
        var random = new Random(day);
        var lines = Enumerable.Range(0, 5000)
            .Select(_ => $"GET /{(random.Next(3) > 0 ? "home" : "cart")} {(random.Next(100) > 0 ? 200 : 500)} {(int)(1 / (random.NextDouble() + 0.0005))}");
        return string.Join('\n', lines) + (day == 13 ? "\nGET /ho" : "");
    }
}
