namespace MyApp;

public static class Videos
{
    /// <summary>Cuts stills out of a video.</summary>
    [Flame(Pool = "gpu", Timeout = "00:01:30", Idempotent = true)]
    public static Task<string[]> Thumbnails(string path, int count = 3, CancellationToken ct = default) => Task.FromResult(new[] { path });

    [Flame]
    public static Task Warm() => Task.CompletedTask;

    [Flame(Name = "videos.probe")]
    internal static ValueTask<int?> Probe(Guid id) => new(1);

    [Flame]
    public static ValueTask Delete(params string[] paths) => default;
}

public static class Use
{
    public static async Task All()
    {
        await Videos.Thumbnails("a.mp4", ct: default);
        await Videos.Thumbnails("b.mp4", 5);
        await Videos.Warm();
        await Videos.Remote.Thumbnails("a.mp4");
        await Videos.Local.Warm();
        await Videos.Cast.Delete("a", "b");
        await Videos.Delete("a", "b");
    }
}
