using Thumbnails;

namespace Stills;

/// <summary>A few short videos to look at, where none are given.</summary>
internal static class Clips
{
    private static readonly (string Name, string[] Scenes)[] s_clips =
    [
        ("one-day", [Scene("0x05060f", "0x161c40"), Scene("0xff8a2a", "0xd9481c"), Scene("0x5aa5ea", "0x8cc4f5")]),
        ("garden", [Scene("0x3f9a35", "0x6fb84f"), Scene("0x7ab8f0", "0x4a9be8"), Scene("0x2f8a2f", "0x58a83c")]),
        ("winter", [Scene("0xffffff", "0xe4ecf4"), Scene("0x161c40", "0x05060f"), Scene("0xeef3f8", "0xffffff")]),
        ("broadcast", ["testsrc2=size=640x360", Scene("0x4a9be8", "0x8cc4f5"), "testsrc=size=640x360"]),
    ];

    /// <summary>Makes them in a folder.</summary>
    public static async Task<VideoFile[]> MakeAsync(string folder, CancellationToken ct)
    {
        Console.WriteLine($"Making a few short videos in {folder}");
        Directory.CreateDirectory(folder);
        foreach (var (name, scenes) in s_clips)
        {
            var inputs = scenes.SelectMany(scene => new[] { "-f", "lavfi", "-i", $"{scene}:duration=2:rate=10" });
            await Ffmpeg.RunAsync("ffmpeg", ["-v", "error", "-y", .. inputs, "-filter_complex", $"concat=n={scenes.Length}", "-c:v", "mpeg4", "-q:v", "4", File(name)], ct);
        }

        return VideoFiles.Find([.. s_clips.Select(clip => File(clip.Name))], []);

        string File(string name) => Path.Combine(folder, name + ".mp4");
    }

    private static string Scene(string from, string to) => $"gradients=size=640x360:n=2:c0={from}:c1={to}:speed=0.01:seed=1";
}
