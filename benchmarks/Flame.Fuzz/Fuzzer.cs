using System.Diagnostics;

namespace Flame.Fuzz;

/// <summary>What one target came to.</summary>
internal sealed record FuzzResult(string Target, long Inputs, TimeSpan Took, int Corpus, int Branches, IReadOnlyList<Finding> Findings);

/// <summary>An input that does what none may.</summary>
internal sealed record Finding(string What, byte[] Input);

/// <summary>Gives a target inputs, keeps those that show something new, and collects what goes wrong.</summary>
internal sealed class Fuzzer(FuzzTarget target, int seed, LastInput last)
{
    private const int MaxCorpus = 4096;
    private const int MaxFindings = 5;

    private readonly Random _random = new(seed);
    private readonly Coverage _coverage = new();
    private readonly List<byte[]> _corpus = [];
    private readonly List<Finding> _findings = [];
    private readonly HashSet<string> _kinds = [];

    public FuzzResult Run(long inputs)
    {
        var mutator = new Mutator(_random);
        var clock = Stopwatch.StartNew();
        var buffer = Array.Empty<byte>();

        // The first input compiles what the others only run.
        foreach (var input in target.Seeds) target.Run(input);
        foreach (var input in target.Seeds) Try(input);
        _corpus.AddRange(target.Seeds);
        for (long i = target.Seeds.Count; i < inputs && _findings.Count < MaxFindings; i++)
        {
            var length = mutator.Mutate(Any(), Any(), ref buffer);
            var input = buffer.AsSpan(0, length);
            if (Try(input) && _corpus.Count < MaxCorpus) _corpus.Add(input.ToArray());
        }

        return new FuzzResult(target.Name, inputs, clock.Elapsed, _corpus.Count, _coverage.Branches, _findings);
    }

    // The latest are the least explored.
    private byte[] Any() => _corpus[_random.Next(3) == 0 ? _corpus.Count - 1 - _random.Next(Math.Min(_corpus.Count, 64)) : _random.Next(_corpus.Count)];

    /// <summary>Whether the input showed something new.</summary>
    private bool Try(ReadOnlySpan<byte> input)
    {
        last.Set(target.Name, input);
        Coverage.Begin();
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Run(input);
        }
        catch (Exception e)
        {
            Found($"{e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n')[0].Trim()}", e.GetType().Name + e.TargetSite, input);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var (always, forEachByte) = target.Allowance;
        var allowed = always + (forEachByte * input.Length);
        if (allocated > allowed) Found($"allocated {allocated:N0} bytes for {input.Length:N0}, where {allowed:N0} are allowed", "allocation", input);
        last.Done();
        return _coverage.IsNew();
    }

    private void Found(string what, string kind, ReadOnlySpan<byte> input)
    {
        if (_kinds.Add(kind)) _findings.Add(new Finding(what, input.ToArray()));
    }
}
