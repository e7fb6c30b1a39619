using System.Globalization;
using System.Runtime.InteropServices;
using Flame.Soak.Parents;

namespace Flame.Soak.Runs;

/// <summary>What became of the calls of a run, from what all its processes wrote down.</summary>
internal sealed class Ledger
{
    private const string None = "(no outcome)";

    private static readonly HashSet<string> s_mayRunAgain = ["again"];

    // Handed over is not run; what holds several calls may have got on with one of them before the next was refused.
    private static readonly HashSet<string> s_mayBeRightWithoutRun = ["cast", "cancelled", "cancelled in the queue"];
    private static readonly HashSet<string> s_single = ["once", "single use", "fragile boot", "huge", "throws", "spawn", "block"];
    private static readonly HashSet<string> s_refusals = ["CallTimeoutQueue", "QueueFull", "PoolDraining", "BootFailed"];

    private readonly Dictionary<long, Call> _calls = [];
    private readonly List<string> _words = [None];
    private readonly Dictionary<string, byte> _numbers = new(StringComparer.Ordinal) { [None] = 0 };
    private readonly List<string> _violations = [];

    private Ledger()
    {
    }

    public IReadOnlyList<string> Violations => _violations;

    /// <summary>For each kind: calls by their outcome.</summary>
    public SortedDictionary<string, SortedDictionary<string, int>> Outcomes { get; } = new(StringComparer.Ordinal);

    /// <summary>For each kind: calls that ran more than once.</summary>
    public Dictionary<string, int> RunAgain { get; } = [];

    public int Count => _calls.Count;

    /// <summary>Reads all diaries.</summary>
    /// <param name="folder">Where they are.</param>
    /// <param name="killed">The parents that were killed, whose last calls have no outcome.</param>
    public static Ledger Of(string folder, IReadOnlySet<int> killed)
    {
        var ledger = new Ledger();
        foreach (var file in Directory.GetFiles(folder)) ledger.Read(file);
        foreach (var (id, call) in ledger._calls) ledger.Judge(id, call, killed);
        return ledger;
    }

    private void Read(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line)
        {
            // Its writer may have been killed in the middle of a line: of the last one only what is whole counts.
            if (reader.EndOfStream && !EndsWithLine(reader.BaseStream)) return;
            var words = line.Split(' ', 3);
            if (words.Length == 3) Note(words[0][0], long.Parse(words[1], CultureInfo.InvariantCulture), words[2]);
        }
    }

    private void Note(char what, long id, string words)
    {
        ref var call = ref CollectionsMarshal.GetValueRefOrAddDefault(_calls, id, out _);
        switch (what)
        {
            case Diary.Started:
                call.Started++;
                call.Kind = NumberOf(words);
                break;
            case Diary.Ended:
                call.Ended++;
                if (words.Contains(": ", StringComparison.Ordinal)) _violations.Add($"call {id} ended {words}");
                call.Outcome = NumberOf(words.Split(':')[0]);
                break;
            case Diary.HasRun:
                call.Ran++;
                break;
        }
    }

    private void Judge(long id, Call call, IReadOnlySet<int> killed)
    {
        var (kind, outcome) = (_words[call.Kind], _words[call.Outcome]);
        var parent = (int)(id / 1_000_000_000);
        if (call.Started != 1) _violations.Add($"call {id} ({kind}) began {call.Started} times");
        if (call.Ended > 1) _violations.Add($"call {id} ({kind}) ended {call.Ended} times");
        if (call.Ended == 0 && !killed.Contains(parent)) _violations.Add($"call {id} ({kind}) has no outcome");
        if (call.Ran > 1 && !s_mayRunAgain.Contains(kind)) _violations.Add($"call {id} ({kind}) ran {call.Ran} times and is not idempotent");
        if (call.Ran == 0 && outcome == "ok" && !s_mayBeRightWithoutRun.Contains(kind)) _violations.Add($"call {id} ({kind}) has a result and never ran");
        if (call.Ran > 0 && s_refusals.Contains(outcome) && s_single.Contains(kind)) _violations.Add($"call {id} ({kind}) ran though it was refused: {outcome}");
        if (call.Ran > 1) RunAgain[kind] = RunAgain.GetValueOrDefault(kind) + 1;
        if (!Outcomes.TryGetValue(kind, out var counts)) Outcomes[kind] = counts = new(StringComparer.Ordinal);
        var shown = call.Ended == 0 ? "with its parent" : outcome;
        counts[shown] = counts.GetValueOrDefault(shown) + 1;
    }

    private byte NumberOf(string word)
    {
        if (_numbers.TryGetValue(word, out var number)) return number;
        _words.Add(word);
        return _numbers[word] = checked((byte)(_words.Count - 1));
    }

    private static bool EndsWithLine(Stream stream)
    {
        if (stream.Length == 0) return true;
        stream.Seek(-1, SeekOrigin.End);
        return stream.ReadByte() == '\n';
    }

    private struct Call
    {
        public byte Started;
        public byte Ended;
        public byte Ran;
        public byte Kind;
        public byte Outcome;
    }
}
