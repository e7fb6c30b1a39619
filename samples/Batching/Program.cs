using Flame;

// Batching: callers that know nothing of each other pass one item each, and few calls carry them all.
await using var pools = await FlameApplication.StartAsync(flame => flame.AddPool("cpu", pool => pool.Max = 2));

// The names of the framework's types, each with two letters swapped, by a caller of its own.
var names = Spelling.Dictionary().Where(name => name.Length > 8 && name[3] != name[4]).Take(200).ToArray();
var answers = await Task.WhenAll(names.Select(async name =>
{
    var wrong = name[..3] + name[4] + name[3] + name[5..];
    var answer = await Spelling.Batched.CorrectAsync(wrong);
    return (wrong, name, answer.Word, answer.Call);
}));

var (first, right) = (answers[0], answers.Count(answer => answer.Word == answer.name));
Console.WriteLine($"{first.wrong} is {first.Word}; {right} of {answers.Length} are right");
var calls = answers.CountBy(answer => answer.Call).ToArray();
Console.WriteLine($"{answers.Length} callers, {calls.Length} calls");
foreach (var (call, items) in calls) Console.WriteLine($"{call} carried {items} items");

// With all items at hand it is the method that it always was.
Console.WriteLine(string.Join(' ', (await Spelling.CorrectAsync(["Dictoinary", "Excepiton"])).Select(answer => answer.Word)));

internal static class Spelling
{
    private static int s_calls;

    /// <summary>The nearest word for each. To read the dictionary costs the same for one word and for many.</summary>
    [Flame(Pool = "cpu"), FlameBatch(Max = 32, Wait = "00:00:00.020")]
    public static async Task<(string Word, string Call)[]> CorrectAsync(string[] words, CancellationToken ct = default)
    {
        await Task.Yield();
        var call = $"{FlameParent.Current?.Executor}, call {Interlocked.Increment(ref s_calls)},";
        var dictionary = Dictionary();
        return [.. words.Select(word => (dictionary.MinBy(known => Distance(known, word))!, call))];
    }

    public static string[] Dictionary() =>
        [.. typeof(object).Assembly.GetExportedTypes().Select(type => type.Name.Split('`')[0]).Where(name => name.All(char.IsLetter)).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>How many letters to add, to leave out or to change make one word of the other (Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            (var diagonal, row[0]) = (row[0], i);
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }

        return row[^1];
    }
}
