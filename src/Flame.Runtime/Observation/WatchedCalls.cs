using Flame.Links;

namespace Flame.Observation;

/// <summary>The calls of a process that are watched: those that are open, and the last that ended; those that failed are kept apart, for a flood of good ones would wash them away. Thread-safe.</summary>
internal sealed class WatchedCalls
{
    /// <summary>Ended calls that are kept; and as many failed ones.</summary>
    public const int Kept = 200;

    // A tag may be anything, and so might there be any number of them.
    private const int MostCosts = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, WatchedCall> _open = [];
    private readonly Queue<WatchedCall> _ended = new();
    private readonly Queue<WatchedCall> _failed = new();
    private readonly Dictionary<string, Outcomes> _outcomes = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<(string Pool, string Method, string? Tag), (long Calls, TimeSpan Held)> _costs = [];
    private readonly CurveClock _curves = new();
    private long _last;

    public WatchedCall Begin(FlamePool pool, string method, string? tag, string? trace, PendingCall? call, string? runsOn = null, bool isWhole = true)
    {
        lock (_gate)
        {
            var watched = new WatchedCall(this, ++_last, pool, method, tag, trace, call, runsOn, isWhole);
            _open.Add(watched.Number, watched);
            return watched;
        }
    }

    public void Ended(WatchedCall call)
    {
        var state = call.State;
        lock (_gate)
        {
            _open.Remove(call.Number);
            var kept = state == "failed" ? _failed : _ended;
            kept.Enqueue(call);
            if (kept.Count > Kept) kept.Dequeue();
            _outcomes[call.Pool] = OutcomesOf(call.Pool).And(state);
        }
    }

    public void Spent(WatchedCall call, TimeSpan held)
    {
        lock (_gate)
        {
            var of = (call.Pool, call.Method, call.Tag);
            if (_costs.Count >= MostCosts && !_costs.ContainsKey(of)) of.Tag = "(others)";
            var (calls, before) = _costs.GetValueOrDefault(of);
            _costs[of] = (calls + 1, before + held);
        }
    }

    public Curve Draw() => new(_curves);

    public Outcomes OutcomesIn(string pool)
    {
        lock (_gate) return OutcomesOf(pool);
    }

    public WatchedCall? Find(string id)
    {
        if (!long.TryParse(id, out var number)) return null;
        lock (_gate) return _open.GetValueOrDefault(number) ?? _ended.Concat(_failed).FirstOrDefault(call => call.Number == number);
    }

    /// <summary>Newest first.</summary>
    public CallView[] View(CallFilter filter)
    {
        WatchedCall[] all;
        lock (_gate) all = [.. _open.Values, .. _ended, .. _failed];
        return [.. all
            .Where(call => filter.Pool is null || filter.Pool.Equals(call.Pool, StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(static call => call.Number).Select(static call => call.View())
            .Where(call => filter.State is null || filter.State == call.State).Take(Math.Max(0, filter.Most))];
    }

    public CurvesView Curves(long after, long? last)
    {
        WatchedCall[] all;
        var until = last ?? _curves.Now;
        lock (_gate) all = [.. _open.Values, .. _ended, .. _failed];
        return new CurvesView(until, [.. all.Select(call => call.Curve(after, until)).OfType<CurveView>()]);
    }

    public CostView[] Costs()
    {
        lock (_gate) return [.. _costs.Select(static cost => new CostView(cost.Key.Pool, cost.Key.Method, cost.Key.Tag, cost.Value.Calls, cost.Value.Held.TotalSeconds))];
    }

    private Outcomes OutcomesOf(string pool) => _outcomes.GetValueOrDefault(pool);
}

/// <summary>How the calls of a pool ended, since they are watched.</summary>
internal readonly record struct Outcomes(long Succeeded, long Failed, long Cancelled)
{
    public long Ended => Succeeded + Failed + Cancelled;

    public Outcomes And(string state) => state switch
    {
        "succeeded" => this with { Succeeded = Succeeded + 1 },
        "cancelled" => this with { Cancelled = Cancelled + 1 },
        _ => this with { Failed = Failed + 1 },
    };
}
