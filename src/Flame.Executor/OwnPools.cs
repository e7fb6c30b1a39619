using Microsoft.Extensions.Logging;

namespace Flame.Executor;

/// <summary>The pools that an executor has itself: made at its first call, and ended with it. Thread-safe.</summary>
internal sealed class OwnPools
{
    private readonly Lock _gate = new();
    private readonly Func<FlamePools> _make;
    private FlamePools? _made;
    private bool _ended;

    public OwnPools(Func<FlamePools> make)
    {
        _make = make;
        Pools = new Lazy<FlamePools>(Make);
    }

    public Lazy<FlamePools> Pools { get; }

    /// <summary>Those of this process, an executor; <see langword="null"/>: the program wants none.</summary>
    public static OwnPools? OfThisProcess(FlameBuilder flame, FlameParent parent)
    {
        if (!flame.PoolsInExecutors) return null;
        var own = new OwnPools(() => FlamePools.InExecutor(flame, Loggers(), parent.Executor));
        FlamePools.HaveInExecutor(own.Pools);
        return own;
    }

    /// <summary>Refuses what is new and lets the rest end. Completes when nothing of them is left.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            _ended = true;
            return _made?.DisposeAsync().AsTask() ?? Task.CompletedTask;
        }
    }

    /// <summary>Ends what is left of them at once.</summary>
    public void Stop()
    {
        FlamePools? made;
        lock (_gate) made = _made;
        made?.Stop();
    }

    private FlamePools Make()
    {
        lock (_gate)
        {
            _made = _make();

            // A method may outlive its executor where they share a process.
            if (_ended) _ = _made.DisposeAsync().AsTask();
            return _made;
        }
    }

    // The parent's log is the one that somebody reads, and its filters decide.
    private static LoggerFactory Loggers() =>
        new([new LinkLoggerProvider(LinkLog.OfThisProcess)], new LoggerFilterOptions { MinLevel = LogLevel.Information });
}
