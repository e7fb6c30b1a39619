using Flame.Benchmarks.Build;
using Flame.Benchmarks.Watching;

namespace Flame.Benchmarks;

/// <summary>Contenders that are measured in turn, round by round: whoever else uses the machine slows all of them alike.</summary>
internal interface IRounds : IAsyncDisposable
{
    /// <summary>Measures every contender once.</summary>
    /// <param name="report">Takes the figures; <see langword="null"/>: the round only warms up.</param>
    /// <param name="time">How long one measurement takes, where it is a matter of time.</param>
    Task RoundAsync(Report? report, TimeSpan time);
}

/// <summary>One part of the benchmarks.</summary>
/// <param name="Name">As it is asked for.</param>
/// <param name="What">What it measures.</param>
/// <param name="WarmUps">Rounds that do not count.</param>
/// <param name="Rounds">Rounds that do.</param>
/// <param name="StartAsync">Starts what is measured.</param>
internal sealed record Part(string Name, string What, int WarmUps, int Rounds, Func<Task<IRounds>> StartAsync)
{
    public static IReadOnlyList<Part> All { get; } =
    [
        new("calls", "Small calls on an executor that is up, against peers", 4, 9, WarmCalls.StartAsync),
        new("executors", "What more executors bring to small calls", 1, 5, Executors.StartAsync),
        new("growth", "Whether a call costs more the more there were", 1, 5, Growth.StartAsync),
        new("bulk", "Large payloads there and back, against a bare socket", 1, 5, BulkCalls.StartAsync),
        new("flow", "One GiB through one call, and the memory that it takes", 1, 3, BulkStreams.StartAsync),
        new("batches", "Calls that are sent together, against one by one", 1, 9, BatchedCalls.StartAsync),
        new("streams", "Small items that stream, against gRPC streaming", 1, 5, SmallItems.StartAsync),
        new("cold", "A call that boots its executor, against the start of an empty program", 1, 27, ColdCalls.StartAsync),
        new("life", "Growth, memory, and 64 executors at once", 0, 2, Lives.StartAsync),
        new("watch", "What it takes to be looked at, by the tool and by a page", 2, 9, WatchedCalls.StartAsync),
        new("build", "The generator's share of a build, and of each edit, against the compiler without it", 2, 5, BuildCost.StartAsync),
    ];

    public async Task RunAsync(Report report, bool quick)
    {
        var (warmUps, rounds, time) = quick ? (1, 1, TimeSpan.FromMilliseconds(100)) : (WarmUps, Rounds, TimeSpan.FromSeconds(1));
        await using var measured = await StartAsync();
        for (var round = 0; round < warmUps; round++) await measured.RoundAsync(null, time);
        for (var round = 0; round < rounds; round++) await measured.RoundAsync(report, time);
    }
}
