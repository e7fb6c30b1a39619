namespace Flame.Observation;

/// <summary>What the pools of a process had at each of the last seconds. Thread-safe.</summary>
internal sealed class PoolHistory : IDisposable
{
    /// <summary>Seconds that are kept.</summary>
    public const int Kept = 600;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<PoolMoment>> _moments;
    private readonly IReadOnlyCollection<FlamePool> _pools;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    public PoolHistory(IReadOnlyCollection<FlamePool> pools, TimeProvider time)
    {
        (_pools, _time) = (pools, time);
        _moments = pools.ToDictionary(static pool => pool.Name, static _ => new Queue<PoolMoment>(), StringComparer.OrdinalIgnoreCase);
        Take();
        _timer = time.CreateTimer(static history => ((PoolHistory)history!).Take(), this, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>Oldest first.</summary>
    public PoolMoment[] Of(string pool)
    {
        lock (_gate) return _moments.TryGetValue(pool, out var moments) ? [.. moments] : [];
    }

    public void Dispose() => _timer.Dispose();

    private void Take()
    {
        var now = _time.GetUtcNow();
        lock (_gate)
        {
            foreach (var pool in _pools)
            {
                var load = pool.Load();
                var moments = _moments[pool.Name];
                moments.Enqueue(new PoolMoment(now, load.Waiting, load.Booting, load.Idle, load.Busy, load.Draining, pool.Options.Max));
                if (moments.Count > Kept) moments.Dequeue();
            }
        }
    }
}
