using BenchmarkDotNet.Attributes;
using Flame.Pooling;

namespace Flame.Benchmarks.Micro;

/// <summary>A pool's decisions: one event each, at pools and queues of three sizes. Nothing may grow faster than the logarithm of either.</summary>
public class PoolDecisions
{
    private const int Concurrency = 8;

    private readonly List<PoolEffect> _effects = [];
    private PoolState _state = null!;
    private ExecutorSlot[] _leases = [];
    private LeaseRequest[] _waiting = [];
    private LeaseRequest _spare = new();
    private long _now;
    private int _at;

    [Params(1, 64, 1_000)]
    public int Executors { get; set; }

    [Params(0, 1_000, 100_000)]
    public int Waiters { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _state = new PoolState(new PoolSettings { Min = Executors, Max = Executors, MaxConcurrency = Concurrency });
        On(new PoolEvent(PoolEventKind.Start));
        foreach (var boot in _effects.ToArray()) On(new PoolEvent(PoolEventKind.BootSucceeded) { Slot = boot.Slot });

        // Nobody waits while a slot is free. Half of them are, where nobody waits: so the order of the free ones is at work as well.
        _leases = new ExecutorSlot[Executors * Concurrency / (Waiters == 0 ? 2 : 1)];
        for (var i = 0; i < _leases.Length; i++) _leases[i] = Acquire(new LeaseRequest())!;
        _waiting = [.. Enumerable.Range(0, Waiters).Select(_ => new LeaseRequest())];
        foreach (var request in _waiting) Acquire(request);
        if (_state.Waiting != Waiters || _state.Leased != _leases.Length) throw new InvalidOperationException("the pool is in another state than is to be measured");
    }

    /// <summary>A call ends and another begins: two events. Whose slot it is jumps about, as calls end in any order.</summary>
    [Benchmark(OperationsPerInvoke = 2)]
    public void Release_and_acquire()
    {
        ref var lease = ref _leases[Next(_leases.Length)];
        On(new PoolEvent(PoolEventKind.Release) { Slot = lease });
        var granted = _effects.Count > 0 ? _effects[0] : default;
        var slot = Acquire(_spare);
        lease = slot ?? granted.Slot!;
        _spare = slot is null ? granted.Request! : _spare;
    }

    /// <summary>A call in the middle of the queue gives up and another waits at its end: two events.</summary>
    [Benchmark(OperationsPerInvoke = 2)]
    public void Abandon_and_acquire()
    {
        // Without a queue both events are of a request that waits no more, as when its grant was first.
        var request = _waiting.Length == 0 ? _spare : _waiting[Next(_waiting.Length)];
        On(new PoolEvent(PoolEventKind.Abandon) { Request = request });
        if (_waiting.Length > 0) Acquire(request);
        else On(new PoolEvent(PoolEventKind.Abandon) { Request = request });
    }

    private ExecutorSlot? Acquire(LeaseRequest request)
    {
        // Each waits for some time between a minute and a day, so that the order of the deadlines is not that of the queue.
        request.Deadline = _now + (TimeSpan.TicksPerMinute * (1 + (_at * 7919L % 1439)));
        On(new PoolEvent(PoolEventKind.Acquire) { Request = request });
        return _effects.Count > 0 ? _effects[0].Slot : null;
    }

    private void On(in PoolEvent happened)
    {
        _effects.Clear();
        _state.On(happened, ++_now, _effects);
    }

    private int Next(int count)
    {
        const int stride = 40_499;   // a prime: it comes by all of them
        return (_at = (int)(((uint)_at + stride) & int.MaxValue)) % count;
    }
}
