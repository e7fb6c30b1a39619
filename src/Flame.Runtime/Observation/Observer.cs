using Flame.Pooling;
using Flame.Telemetry;
using Flame.Wire;

namespace Flame.Observation;

/// <summary>
/// All that can be seen of the pools of a process, for a page or a terminal. It is made when somebody first looks; before that, nothing is noted but how executors
/// ended. Thread-safe.
/// </summary>
internal sealed class Observer : IDisposable
{
    private readonly IReadOnlyCollection<FlamePool> _pools;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _startedAt;
    private readonly PoolHistory _history;
    private readonly WatchedLines _lines;

    public Observer(IReadOnlyCollection<FlamePool> pools, TimeProvider time, DateTimeOffset startedAt)
    {
        (_pools, _time, _startedAt) = (pools, time, startedAt);
        _history = new PoolHistory(pools, time);
        _lines = new WatchedLines(time);
        Listening.Begin();
    }

    public WatchedCalls Watched { get; } = new();

    public ProcessView Look() => new(
        Environment.ProcessId, AppDomain.CurrentDomain.FriendlyName, BuildId.Current.Hash, _startedAt, _time.GetUtcNow(), [.. _pools.OrderBy(static pool => pool.Name, StringComparer.Ordinal).Select(View)]);

    public PoolMoment[] HistoryOf(string pool) => _history.Of(pool);

    public CallView[] Calls(CallFilter filter) => Watched.View(filter);

    public CallView? Call(string id) => Watched.Find(id)?.View();

    public ArgumentView[]? Arguments(string id) => Watched.Find(id)?.Arguments();

    public bool Cancel(string id) => Watched.Find(id)?.Cancel() ?? false;

    public LineView[] Lines(string? executor, string? call, long after, int most)
    {
        if (call is null) return _lines.View(executor, after, most, DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
        if (Watched.Find(call) is not { Executor: { } ranOn } watched) return [];
        var (from, until) = watched.Ran();
        return _lines.View(ranOn, after, most, from, until ?? DateTimeOffset.MaxValue);
    }

    public Task NewLineAsync(long after, CancellationToken ct) => _lines.NewAsync(after, ct);

    /// <summary>What came to curves after one moment, and not after another; without it up to now.</summary>
    public CurvesView Curves(long after, long? until = null) => Watched.Curves(after, until);

    public CostView[] Costs() =>
        [.. _pools.Select(pool => new CostView(pool.Name, null, null, Watched.OutcomesIn(pool.Name).Ended, pool.ExecutorTime.Total.TotalSeconds)), .. Watched.Costs()];

    public void Line(string executor, in LogBody line) => _lines.Add(executor, line);

    public void Dispose() => _history.Dispose();

    private PoolView View(FlamePool pool)
    {
        var (load, outcomes, executors) = (pool.Load(), Watched.OutcomesIn(pool.Name), pool.Executors());
        return new PoolView(
            pool.Name, pool.Backend.Name, pool.Options.Min, pool.Options.Max, pool.Options.MaxConcurrency, load.Waiting, load.Booting, load.Idle, load.Busy, load.Draining, load.Running,
            outcomes.Succeeded, outcomes.Failed, outcomes.Cancelled, pool.ExecutorTime.Total.TotalSeconds, Waits.Of(executors), pool.BootFailuresInARow > 0 ? pool.LastBootError : null,
            [.. executors, .. pool.Ended.View()]);
    }
}
