using System.Diagnostics;
using Flame;
using MemoryPack;

namespace Thumbnails;

/// <summary>The stills of one video, and who took how long to make them.</summary>
[MemoryPackable]
internal sealed partial record Stills(string Executor, TimeSpan Work, byte[][] Pictures);

internal static class Videos
{
    /// <summary>Takes stills of a video at equal distances. An ordinary method; the attribute has it run on an executor.</summary>
    [Flame(Pool = "ffmpeg", Idempotent = true)]
    public static async Task<Stills> TakeStillsAsync(string video, int count, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        var length = await Film.LengthAsync(video, ct);
        var pictures = new List<byte[]>();
        for (var i = 0; i < count; i++)
        {
            var picture = await Film.PictureAsync(video, length * (i + 0.5) / count, ct);
            if (picture.Length > 0) pictures.Add(picture);
        }

        if (pictures.Count == 0) throw new InvalidDataException("no picture of it could be read");
        return new Stills(FlameParent.Current?.Executor ?? "this process", Stopwatch.GetElapsedTime(started), [.. pictures]);
    }
}
