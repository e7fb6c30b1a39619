namespace Flame.Model;

/// <summary>
/// Every decision of a run. Made at random from a seed, or taken from a script that has those which are not the plainest. A decision is known
/// by the strand that comes to it and how many it made before, and a strand by who began it: so most of a script means the same when a part
/// of it is left out.
/// </summary>
internal sealed class Choices
{
    private const ulong Clock = 1;

    private readonly Dictionary<ulong, ulong>? _script;
    private readonly List<Decision> _marks = [];
    private readonly int _changes;
    private readonly HashSet<int> _changeAt = [];
    private ulong _random;

    /// <summary>At random.</summary>
    public Choices(ulong seed)
    {
        _random = Mixed(seed);

        // Half of the runs change turns with some probability, half by priorities that change at a few random moments: the first
        // finds what needs many changes, the second what needs few at the right place.
        if (Random(2) == 0)
        {
            _changes = 2 << Random(4);
            return;
        }

        for (var i = Random(5); i >= 0; i--) _changeAt.Add(Random(400));
    }

    /// <summary>As they were, and the plainest where the script says nothing.</summary>
    public Choices(IEnumerable<Decision> script) => _script = script.ToDictionary(static decision => decision.Key, static decision => decision.Value);

    /// <summary>The decisions that were not the plainest.</summary>
    public Decision[] Marks => [.. _marks];

    public int Count { get; private set; }

    /// <summary>Tells schedules apart.</summary>
    public ulong Hash { get; private set; } = 14695981039346656037UL;

    public int Priority() => _script is null ? Random(1 << 20) : 0;

    /// <summary>What happens; 0 is the plainest.</summary>
    public int What(int among, Strand by)
    {
        var key = Begin(by);
        var chosen = _script is null ? Random(among) : (int)Math.Min(_script.GetValueOrDefault(key), (ulong)among - 1);
        Made(key, (ulong)chosen, chosen);
        return chosen;
    }

    /// <summary>Whose turn it is: the one who runs, any other, or behind them the clock. The plainest is to stay, or the one that waits longest.</summary>
    public int Turn(Strand? me, List<Strand> others, bool clock, Strand by)
    {
        var first = me is null ? 0 : 1;
        var among = first + others.Count + (clock ? 1 : 0);
        if (among == 1) return 0;
        var key = Begin(by);
        var chosen = _script is not null ? Scripted(key, first, others, clock)
            : _changes > 0 ? (me is not null && Random(_changes) > 0 ? 0 : Random(among))
            : Highest(me, others, clock);
        Made(key, chosen < first ? 0 : chosen == first + others.Count ? Clock : others[chosen - first].Id, chosen);
        return chosen;
    }

    public static ulong Mixed(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }

    private int Highest(Strand? me, List<Strand> others, bool clock)
    {
        var first = me is null ? 0 : 1;
        if (_changeAt.Contains(Count))
        {
            // Whoever is first becomes last, and the clock has its chance.
            if (me is not null) me.Priority = -Count;
            if (clock && Random(4) == 0) return first + others.Count;
        }

        var best = -1;
        for (var i = 0; i < others.Count; i++)
        {
            if (best < 0 || others[i].Priority > others[best].Priority) best = i;
        }

        return me is not null && (best < 0 || me.Priority >= others[best].Priority) ? 0 : first + best;
    }

    private int Scripted(ulong key, int first, List<Strand> others, bool clock)
    {
        if (!_script!.TryGetValue(key, out var wanted)) return 0;
        if (wanted == Clock) return clock ? first + others.Count : 0;
        var at = others.FindIndex(other => other.Id == wanted);
        return at < 0 ? 0 : first + at;
    }

    private ulong Begin(Strand by)
    {
        Count++;
        return Mixed(by.Id + (ulong)++by.Decisions);
    }

    private void Made(ulong key, ulong value, int chosen)
    {
        if (chosen != 0) _marks.Add(new Decision(key, value));
        Hash = (Hash ^ key ^ (value << 1)) * 1099511628211UL;
    }

    private int Random(int below)
    {
        _random += 0x9E3779B97F4A7C15UL;
        return (int)((Mixed(_random) >> 33) % (ulong)below);
    }
}

/// <summary>A decision that is not the plainest.</summary>
/// <param name="Key">Which one it is.</param>
/// <param name="Value">What was decided: a number, or whose turn it is.</param>
internal readonly record struct Decision(ulong Key, ulong Value);
