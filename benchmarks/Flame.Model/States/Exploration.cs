namespace Flame.Model;

/// <summary>Every state that a pool can come to within its bounds, by the shortest way to each; each step is done by the real thing.</summary>
internal sealed class Exploration(Bounds bounds, Planted planted = Planted.None)
{
    private readonly Dictionary<UInt128, int> _seen = [];
    private readonly List<int> _from = [];
    private readonly List<ushort> _by = [];
    private readonly List<int> _firstEdge = [];
    private readonly List<int> _edges = [];
    private readonly List<ushort> _way = [];

    public Bounds Bounds => bounds;

    public int States => _from.Count;

    public int Transitions => _edges.Count;

    /// <summary>The events of the longest of the shortest ways.</summary>
    public int Depth { get; private set; }

    /// <summary>Whether nothing within the bounds is left.</summary>
    public bool Whole { get; private set; }

    /// <summary>The broken promise, and the fewest events that lead to it.</summary>
    public (string Promise, Move[] Events)? Finding { get; private set; }

    public void Run(int mostStates)
    {
        Add(-1, new Move(Act.Start));
        var moves = new List<Move>();
        for (var state = 0; state < States && Finding is null; state++)
        {
            if (States >= mostStates) return;
            _firstEdge.Add(_edges.Count);
            FindWay(state);
            Live().Moves(moves);
            foreach (var move in moves) Add(state, move);
        }

        _firstEdge.Add(_edges.Count);
        Whole = Finding is null;
    }

    /// <summary>In how many orders things can happen from the start until nothing can any more, or the exploration's end; infinite where states come again.</summary>
    public double Interleavings()
    {
        var ways = new double[States];
        var open = new Stack<(int State, int Edge)>();
        open.Push((0, 0));
        ways[0] = double.NaN;
        while (open.TryPop(out var at))
        {
            var (state, edge) = at;
            if (EdgesOf(state) is var (first, end) && first + edge < end)
            {
                open.Push((state, edge + 1));
                var next = _edges[first + edge];
                if (double.IsNaN(ways[next])) return double.PositiveInfinity;
                if (ways[next] > 0) continue;
                ways[next] = double.NaN;
                open.Push((next, 0));
                continue;
            }

            var sum = 0.0;
            for (var i = first; i < end; i++) sum += ways[_edges[i]];
            ways[state] = first == end ? 1 : sum;
        }

        return ways[0];
    }

    private (int First, int End) EdgesOf(int state) => state + 1 < _firstEdge.Count ? (_firstEdge[state], _firstEdge[state + 1]) : (0, 0);

    private void FindWay(int state)
    {
        _way.Clear();
        for (; state >= 0; state = _from[state]) _way.Add(_by[state]);
        _way.Reverse();
        Depth = Math.Max(Depth, _way.Count);
    }

    private PoolLife Live()
    {
        var life = new PoolLife(bounds, planted);
        foreach (var move in _way) life.Do(Move.From(move), check: false);
        return life;
    }

    private void Add(int from, Move move)
    {
        var life = Live();
        life.Do(move, check: true);
        if (life.Broken is { } promise)
        {
            Finding ??= (promise, [.. _way.Select(Move.From), move]);
            return;
        }

        if (_seen.TryGetValue(life.Key(), out var known))
        {
            if (known != from) _edges.Add(known);
            return;
        }

        _seen.Add(life.Key(), States);
        if (from >= 0) _edges.Add(States);
        _from.Add(from);
        _by.Add(move.Code);
    }
}
