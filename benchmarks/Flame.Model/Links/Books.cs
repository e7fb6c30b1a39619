namespace Flame.Model;

/// <summary>What a run knows by itself of its calls and executors; what the product says is held against it.</summary>
internal sealed class Books(World world)
{
    private readonly Dictionary<int, CallEntry> _calls = [];

    /// <summary>Troubles that may still happen: every run comes to its end.</summary>
    public int TroublesLeft { get; set; }

    public List<ModelExecutor> Executors { get; } = [];

    public bool BootsFailed { get; set; }

    public bool Draining { get; set; }

    /// <summary>Whether an executor is gone that nobody had told to go, or may be taken for gone.</summary>
    public bool ExecutorsLost { get; set; }

    /// <summary>Something that an executor had said was lost before the parent read it.</summary>
    public bool WordsLost { get; set; }

    public CallEntry New()
    {
        var entry = new CallEntry(_calls.Count + 1);
        _calls.Add(entry.Number, entry);
        return entry;
    }

    public CallEntry Of(int number)
    {
        if (!_calls.TryGetValue(number, out var entry)) world.Fail($"an executor was sent call {number}, which nobody made");
        return entry!;
    }

    public bool Trouble()
    {
        if (TroublesLeft == 0) return false;
        TroublesLeft--;
        return true;
    }
}

/// <summary>One call.</summary>
internal sealed class CallEntry(int number)
{
    public int Number => number;

    public bool Idempotent { get; set; }

    public bool MayBeCancelled { get; set; }

    public bool HasTimeout { get; set; }

    public bool HasQueueTimeout { get; set; }

    /// <summary>How often an executor began it.</summary>
    public int Begun { get; set; }

    public int Outcomes { get; set; }

    /// <summary>An executor has sent its result, or its failure.</summary>
    public bool Answered { get; set; }

    public bool Threw { get; set; }

    public bool Streams { get; set; }

    public int Items { get; set; }

    public int Result => (number * 7) + 1;

    public int Item(int which) => (number * 1000) + which;
}
