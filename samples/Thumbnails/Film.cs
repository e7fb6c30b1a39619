using System.Globalization;
using System.Text;

namespace Thumbnails;

/// <summary>What ffmpeg finds in a video: how long it is, and pictures.</summary>
internal static class Film
{
    // All of a still's picture, with bars where its shape is another: stills of one size fit on one sheet.
    private const string Scale = "scale=320:180:force_original_aspect_ratio=decrease,pad=320:180:-1:-1,setsar=1,format=yuvj420p";

    /// <returns>Its length in seconds.</returns>
    /// <exception cref="InvalidDataException">It cannot be read, or is no video.</exception>
    public static async Task<double> LengthAsync(string video, CancellationToken ct)
    {
        var answer = await Ffmpeg.RunAsync(
            "ffprobe", ["-v", "error", "-select_streams", "v:0", "-show_entries", "stream=codec_type:format=duration", "-of", "default=nw=1", video], ct);
        var lines = Encoding.UTF8.GetString(answer).Split('\n', StringSplitOptions.TrimEntries);
        var duration = lines.FirstOrDefault(line => line.StartsWith("duration=", StringComparison.Ordinal))?["duration=".Length..];
        return lines.Contains("codec_type=video") && double.TryParse(duration, CultureInfo.InvariantCulture, out var length)
            ? length
            : throw new InvalidDataException("it has no moving picture");
    }

    /// <returns>The picture at a second, a JPEG of 320 × 180; empty where there is none: sound may go on after the last one.</returns>
    public static Task<byte[]> PictureAsync(string video, double second, CancellationToken ct) => Ffmpeg.RunAsync(
        "ffmpeg",
        ["-v", "error", "-ss", second.ToString(CultureInfo.InvariantCulture), "-i", video, "-frames:v", "1", "-vf", Scale, "-f", "image2pipe", "-c:v", "mjpeg", "-q:v", "3", "pipe:1"],
        ct);
}
