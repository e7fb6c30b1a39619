using System.Runtime.CompilerServices;
using Flame;
using MemoryPack;
using Thumbnails;

namespace WebApp;

/// <summary>A picture of a video, a JPEG, and who took it.</summary>
[MemoryPackable]
public sealed partial record Still(double Second, byte[] Picture, string Executor);

internal static class Videos
{
    /// <summary>Takes stills of a video at equal distances. The upload is read where the request is, a little at a time, and never in memory as a whole.</summary>
    [Flame(Pool = "video")]
    public static async IAsyncEnumerable<Still> TakeStillsAsync(Stream upload, int count, [EnumeratorCancellation] CancellationToken ct)
    {
        // ffmpeg looks at its end before its middle, so it becomes a file, here where it is worked on. It goes when it is closed.
        var path = Path.Combine(Path.GetTempPath(), $"upload-{Guid.NewGuid():N}");
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 64 * 1024, FileOptions.DeleteOnClose);
        await upload.CopyToAsync(file, ct);
        await file.FlushAsync(ct);

        var length = await Film.LengthAsync(path, ct);
        for (var i = 0; i < count; i++)
        {
            var second = length * (i + 0.5) / count;
            var picture = await Film.PictureAsync(path, second, ct);
            if (picture.Length > 0) yield return new Still(second, picture, FlameParent.Current?.Executor ?? "the parent");
        }
    }
}
