namespace Thumbnails;

/// <summary>A video and what its pictures are called.</summary>
internal sealed record VideoFile(string Path, string Name);

internal static class VideoFiles
{
    private static readonly string[] Extensions = [".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".ts", ".webm"];

    /// <summary>The videos that the user named: files, those directly in folders, and addresses, which ffmpeg reads itself.</summary>
    public static VideoFile[] Find(string[] paths, List<string> problems)
    {
        var found = new List<string>();
        foreach (var path in paths)
        {
            if (IsAddress(path) || File.Exists(path))
            {
                found.Add(IsAddress(path) ? path : Path.GetFullPath(path));
                continue;
            }

            var inside = Directory.Exists(path) ? Directory.GetFiles(Path.GetFullPath(path)).Where(IsVideo).Order(StringComparer.Ordinal).ToArray() : null;
            if (inside is null) problems.Add($"{path}: there is no such file or folder");
            else if (inside.Length == 0) problems.Add($"{path}: the folder has no video ({string.Join(' ', Extensions)})");
            else found.AddRange(inside);
        }

        return Named(found.Distinct());
    }

    /// <summary>A few short videos to work on: a moving test picture in several colours, and a tone.</summary>
    public static async Task<VideoFile[]> MakeAsync(string folder, CancellationToken ct)
    {
        var videos = Named(Enumerable.Range(1, 6).Select(i => Path.Combine(folder, $"clip-{i}.mp4")));
        for (var i = 0; i < videos.Length; i++)
        {
            await Ffmpeg.RunAsync(
                "ffmpeg",
                [
                    "-v", "error", "-y",
                    "-f", "lavfi", "-i", $"testsrc2=size=1280x720:rate=25:duration=5,hue=h={60 * i}",
                    "-f", "lavfi", "-i", $"sine=frequency={220 + (110 * i)}:duration=5",
                    "-c:v", "mpeg4", "-q:v", "5", "-c:a", "aac", videos[i].Path,
                ],
                ct);
        }

        return videos;
    }

    private static bool IsAddress(string path) => path.StartsWith("http://", StringComparison.Ordinal) || path.StartsWith("https://", StringComparison.Ordinal);

    private static bool IsVideo(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    // Two folders may each have a clip.mp4.
    private static VideoFile[] Named(IEnumerable<string> paths)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return [.. paths.Select(path =>
        {
            var own = Path.GetFileNameWithoutExtension(IsAddress(path) ? new Uri(path).LocalPath : path);
            var name = own;
            for (var i = 2; !taken.Add(name); i++) name = $"{own}_{i}";
            return new VideoFile(path, name);
        })];
    }
}
