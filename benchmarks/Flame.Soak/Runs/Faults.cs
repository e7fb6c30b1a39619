namespace Flame.Soak.Runs;

/// <summary>Something that goes wrong.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Weight">How often.</param>
/// <param name="HappenAsync">Does it, and mends it where it does not mend itself.</param>
internal sealed record Fault(string Name, int Weight, Func<SoakRun, Random, CancellationToken, Task> HappenAsync);

/// <summary>Everything that goes wrong. None of it is to be noticed by anybody but the calls that it hits.</summary>
internal static class Faults
{
    private const int MiB = 1024 * 1024;

    public static readonly Fault[] All =
    [
        new("executor kill -9", 8, (run, random, _) => Now(() => AnExecutor(run, random)?.Signal("KILL"))),
        new("executor SIGTERM", 6, (run, random, _) => Now(() => AnExecutor(run, random)?.Signal("TERM"))),
        new("executor SIGINT", 2, (run, random, _) => Now(() => AnExecutor(run, random)?.Signal("INT"))),
        new("executor SIGABRT", 2, (run, random, _) => Now(() => AnExecutor(run, random)?.Signal("ABRT"))),
        new("executor exits", 2, (run, random, _) => Now(() => AParent(run, random).Tell("exit"))),
        new("executor crashes", 2, (run, random, _) => Now(() => AParent(run, random).Tell("crash"))),
        new("youngest executor kill -9", 3, (run, _, _) => Now(() => run.Executors().LastOrDefault()?.Signal("KILL"))),
        new("all executors of a parent kill -9", 1, (run, random, _) => Now(() =>
        {
            var parent = AParent(run, random).Number;
            foreach (var executor in run.Executors().Where(e => e.Parent == parent)) executor.Signal("KILL");
        })),
        new("executor frozen for a moment", 4, (run, random, ct) => FreezeAsync(AnExecutor(run, random), random.Next(200, 4000), ct)),
        new("executor frozen until it is given up", 2, (run, random, ct) => FreezeAsync(AnExecutor(run, random), 22_000, ct)),
        new("parent frozen for a moment", 2, (run, random, ct) => FreezeAsync(AParent(run, random).Itself, random.Next(200, 3000), ct)),
        new("parent kill -9", 2, (run, _, _) => run.ReplaceAsync(kill: true, overlap: false)),
        new("parent SIGTERM, then the next", 2, (run, _, _) => run.ReplaceAsync(kill: false, overlap: false)),
        new("next parent, then SIGTERM", 2, (run, _, _) => run.ReplaceAsync(kill: false, overlap: true)),
        new("all links cut", 2, (run, random, _) => Now(() => AProxy(run, random)?.Cut(int.MaxValue))),
        new("link cut", 4, (run, random, _) => Now(() => AProxy(run, random)?.Cut(1))),
        new("network swallows for a moment", 3, (run, random, ct) => WhileAsync(AProxy(run, random), proxy => proxy.Swallow(), random.Next(200, 4000), ct)),
        new("network swallows until links are given up", 1, (run, random, ct) => WhileAsync(AProxy(run, random), proxy => proxy.Swallow(), 22_000, ct)),
        new("network delays", 3, (run, random, ct) => WhileAsync(AProxy(run, random), proxy => proxy.Delay(random.Next(20, 300)), random.Next(1000, 6000), ct)),
        new("network is narrow", 3, (run, random, ct) => WhileAsync(AProxy(run, random), proxy => proxy.Throttle(random.Next(MiB / 4, MiB)), random.Next(1000, 6000), ct)),
        new("network refuses", 2, (run, random, ct) => WhileAsync(AProxy(run, random), proxy => proxy.Refuse(), random.Next(500, 5000), ct)),
        new("burst beyond the queue", 2, (run, random, _) => Now(() => AParent(run, random).Tell("burst"))),
    ];

    private static SoakProcess? AnExecutor(SoakRun run, Random random)
    {
        // Mostly one that has work.
        var all = run.Executors();
        var busy = all.Where(executor => executor.Pool == "work").ToArray();
        var executors = random.Next(4) > 0 && busy.Length > 0 ? busy : all;
        return executors.Length == 0 ? null : executors[random.Next(executors.Length)];
    }

    private static ParentRun AParent(SoakRun run, Random random) => run.Parents[random.Next(run.Parents.Count)];

    private static FaultProxy? AProxy(SoakRun run, Random random)
    {
        var proxies = run.Parents.Select(parent => parent.Proxy).OfType<FaultProxy>().ToArray();
        return proxies.Length == 0 ? null : proxies[random.Next(proxies.Length)];
    }

    private static async Task FreezeAsync(SoakProcess? process, int milliseconds, CancellationToken ct)
    {
        process?.Signal("STOP");
        await Task.Delay(milliseconds, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        process?.Signal("CONT");
    }

    private static async Task WhileAsync(FaultProxy? proxy, Action<FaultProxy> breakIt, int milliseconds, CancellationToken ct)
    {
        if (proxy is null) return;
        breakIt(proxy);
        await Task.Delay(milliseconds, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        proxy.Heal();
    }

    private static Task Now(Action happen)
    {
        happen();
        return Task.CompletedTask;
    }
}
