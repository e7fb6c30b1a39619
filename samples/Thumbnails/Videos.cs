using System.Diagnostics;
using System.Globalization;
using System.Text;
using Flame;
using MemoryPack;

namespace Thumbnails;

/// <summary>The stills of one video, and who took how long to make them.</summary>
[MemoryPackable]
internal sealed partial record Stills(string Executor, TimeSpan Work, byte[][] Pictures);

internal static class Videos
{
    // All of a still's picture, with bars where its shape is another: stills of one size fit on one sheet.
    private const string Scale = "scale=320:180:force_original_aspect_ratio=decrease,pad=320:180:-1:-1,setsar=1,format=yuvj420p";

    /// <summary>Takes stills of a video at equal distances. An ordinary method; the attribute has it run on an executor.</summary>
    [Flame(Pool = "ffmpeg", Idempotent = true)]
    public static async Task<Stills> TakeStillsAsync(string video, int count, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        var length = await LengthAsync(video, ct);
        var pictures = new List<byte[]>();
        for (var i = 0; i < count; i++)
        {
            var at = (length * (i + 0.5) / count).ToString(CultureInfo.InvariantCulture);
            var picture = await Ffmpeg.RunAsync(
                "ffmpeg", ["-v", "error", "-ss", at, "-i", video, "-frames:v", "1", "-vf", Scale, "-f", "image2pipe", "-c:v", "mjpeg", "-q:v", "3", "pipe:1"], ct);

            // Sound may go on after the last picture.
            if (picture.Length > 0) pictures.Add(picture);
        }

        if (pictures.Count == 0) throw new InvalidDataException("no picture of it could be read");
        return new Stills(FlameParent.Current?.Executor ?? "this process", Stopwatch.GetElapsedTime(started), [.. pictures]);
    }

    private static async Task<double> LengthAsync(string video, CancellationToken ct)
    {
        var answer = await Ffmpeg.RunAsync(
            "ffprobe", ["-v", "error", "-select_streams", "v:0", "-show_entries", "stream=codec_type:format=duration", "-of", "default=nw=1", video], ct);
        var lines = Encoding.UTF8.GetString(answer).Split('\n', StringSplitOptions.TrimEntries);
        var duration = lines.FirstOrDefault(line => line.StartsWith("duration=", StringComparison.Ordinal))?["duration=".Length..];
        return lines.Contains("codec_type=video") && double.TryParse(duration, CultureInfo.InvariantCulture, out var length)
            ? length
            : throw new InvalidDataException("it has no moving picture");
    }
}
