namespace Flame.Progress;

/// <summary>A run of a map, as far as people want to know. Written by its run, read by who draws.</summary>
internal sealed class MapProgress
{
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(10);

    private readonly ProgressBoard _board;
    private readonly FlamePool _pool;
    private readonly long? _total;
    private readonly long _began;
    private readonly (TimeSpan Time, long Retries, long Boots) _before;
    private readonly Queue<(TimeSpan At, long Done)> _seen = new();
    private long _done;
    private long _failed;

    public MapProgress(ProgressBoard board, FlamePool pool, long? total)
    {
        (_board, _pool, _total, _began) = (board, pool, total, pool.Time.GetTimestamp());
        _before = (pool.ExecutorTime.Total, pool.Retries, pool.Boots);
    }

    public FlamePool Pool => _pool;

    public TimeSpan Took => _pool.Time.GetElapsedTime(_began);

    /// <summary>Whether it was drawn. Under the board's lock.</summary>
    public bool IsShown { get; set; }

    /// <summary>A call has ended. Under the run's lock.</summary>
    public void Ended(bool failed)
    {
        Volatile.Write(ref _done, _done + 1);
        if (failed) Volatile.Write(ref _failed, _failed + 1);
    }

    /// <summary>The run has.</summary>
    public void End() => _board.Ended(this);

    /// <summary>What it has come to. Under the board's lock.</summary>
    public MapFigures Look()
    {
        var (took, done) = (Took, Volatile.Read(ref _done));
        _seen.Enqueue((took, done));
        while (_seen.Count > 2 && took - _seen.Peek().At > s_window) _seen.Dequeue();
        var (at, before) = _seen.Peek();

        // The rate of late, for the first of its executors had yet to boot; where nothing has ended of late, that of all the time.
        var perSecond = done > before && took > at ? (done - before) / (took - at).TotalSeconds : took > TimeSpan.Zero ? done / took.TotalSeconds : 0;
        return new MapFigures(_pool.Name, done, _total, Volatile.Read(ref _failed), took, perSecond);
    }

    public MapSummary Sum() => new(
        _pool.Name, Volatile.Read(ref _done), Volatile.Read(ref _failed), Took, _pool.Retries - _before.Retries, (_pool.ExecutorTime.Total - _before.Time).TotalSeconds, _pool.Boots - _before.Boots);
}
