namespace Sweep;

/// <summary>Reviews with a question: "food ? the room was not clean but the food was great" is good. Who answers has to find the right half, and mind its negation.</summary>
internal static class Corpus
{
    /// <summary>Words of one review, with blanks at its end.</summary>
    public const int Length = 16;

    private static readonly string[] s_aspects = ["food", "room", "staff", "view", "music", "price", "garden", "pool"];
    private static readonly string[] s_good = ["great", "lovely", "clean", "fresh", "kind", "quiet", "superb", "fair"];
    private static readonly string[] s_bad = ["awful", "dirty", "stale", "rude", "loud", "poor", "dull", "broken"];
    private static readonly string[] s_others = ["", "?", "the", "was", "but", "and", "not", "never", "really", "very", "we", "found"];

    private static readonly Dictionary<string, int> s_numbers =
        s_others.Concat(s_aspects).Concat(s_good).Concat(s_bad).Select((word, number) => (word, number)).ToDictionary(pair => pair.word, pair => pair.number);

    public static int Words => s_numbers.Count;

    /// <summary>As many reviews, the same for the same seed.</summary>
    public static (long[] Words, long[] IsGood) Make(int count, int seed)
    {
        var random = new Random(seed);
        var (words, isGood) = (new long[count * Length], new long[count]);
        for (var i = 0; i < count; i++)
        {
            var (text, good) = Review(random);
            for (var j = 0; j < text.Length; j++) words[(i * Length) + j] = s_numbers[text[j]];
            isGood[i] = good ? 1 : 0;
        }

        return (words, isGood);
    }

    private static (string[] Text, bool IsGood) Review(Random random)
    {
        string[] aspects = [.. s_aspects];
        random.Shuffle(aspects);
        var (first, firstIsGood) = Clause(random, aspects[0]);
        var (second, secondIsGood) = Clause(random, aspects[1]);
        var asked = random.Next(2);
        return ([aspects[asked], "?", .. first, random.Next(2) == 0 ? "but" : "and", .. second], asked == 0 ? firstIsGood : secondIsGood);
    }

    private static (string[] Words, bool IsGood) Clause(Random random, string aspect)
    {
        var (good, negated) = (random.Next(2) == 0, random.Next(3) == 0);
        var word = good ? s_good[random.Next(s_good.Length)] : s_bad[random.Next(s_bad.Length)];
        string[] strength = negated ? [random.Next(2) == 0 ? "not" : "never"] : random.Next(3) == 0 ? [random.Next(2) == 0 ? "really" : "very"] : [];
        return (["the", aspect, "was", .. strength, word], good != negated);
    }
}
