namespace Sweep;

/// <summary>The variants: each rate with each width and each size of a batch.</summary>
internal static class Grid
{
    private static readonly double[] s_rates = [0.0001, 0.0003, 0.001, 0.002, 0.003, 0.005, 0.01, 0.03];
    private static readonly int[] s_widths = [16, 32, 48, 64];
    private static readonly int[] s_batches = [32, 64];

    public static int Size => s_rates.Length * s_widths.Length * s_batches.Length;

    /// <summary>The first of them, in an order that has something of each kind early.</summary>
    public static Variant[] Take(int count)
    {
        var all = (from rate in s_rates from width in s_widths from batch in s_batches select (rate, width, batch)).ToArray();
        new Random(3).Shuffle(all);
        return [.. all.Take(count).Select((one, i) => new Variant(i + 1, one.rate, one.width, one.width / 16, one.batch, Seed: i + 1))];
    }
}
