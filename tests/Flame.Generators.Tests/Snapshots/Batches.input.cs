namespace MyApp;

public static class Images
{
    /// <summary>Says what is on some images.</summary>
    [Flame(Pool = "gpu"), FlameBatch(Max = 8, Wait = "00:00:00.020")]
    public static Task<string?[]> Caption(byte[][] images, CancellationToken ct = default) => Task.FromResult(new string?[images.Length]);

    [Flame, FlameBatch]
    internal static ValueTask<int[]> Count(params string[] words) => new(new int[words.Length]);
}

public class Scores
{
    [Flame, FlameBatch]
    public Task<double[]> Score((int, string)[] item, [FromServices] IFormatProvider? format = null, CancellationToken ct = default) => Task.FromResult(new double[item.Length]);
}

public static class Use
{
    public static async Task All(Scores scores)
    {
        string? caption = await Images.Batched.Caption(new byte[] { 1 });
        int count = await Images.Batched.Count("a");
        double score = await scores.Batched.Score((1, "b"), ct: default);
        await Images.Caption(new byte[][] { });
        await Images.Remote.Count("a", "b");
    }
}
