using System.Diagnostics;
using Flame;

namespace Thumbnails;

/// <summary>What came of all videos.</summary>
internal sealed record Outcome(Stills[] Stills, int Failed, TimeSpan Time, string? Sheet);

/// <summary>All the user's videos, one call each.</summary>
internal sealed class Job(Options options, CancellationToken ct)
{
    private const int SheetRows = 100;

    public async Task<Outcome> RunAsync()
    {
        var problems = new List<string>();
        var videos = options.Videos.Length > 0 ? VideoFiles.Find(options.Videos, problems) : await MakeVideosAsync();
        foreach (var problem in problems) Report.Error(problem);
        if (videos.Length == 0) return new Outcome([], problems.Count, TimeSpan.Zero, null);

        Directory.CreateDirectory(options.Folder);
        Report.Begin(videos.Length, options);
        var started = Stopwatch.GetTimestamp();

        // A plain call for each video, all at once: the pool boots executors, and queues what they cannot take yet.
        var taken = await Task.WhenAll(videos.Select(TakeAsync));

        var time = Stopwatch.GetElapsedTime(started);
        var stills = taken.OfType<Stills>().ToArray();
        return new Outcome(stills, problems.Count + videos.Length - stills.Length, time, await SheetAsync(stills));
    }

    private async Task<VideoFile[]> MakeVideosAsync()
    {
        var folder = Path.Combine(options.Folder, "videos");
        Console.WriteLine($"Making a few short videos in {folder} (give your own: ./run video.mp4 folder ...)");
        return await VideoFiles.MakeAsync(Directory.CreateDirectory(folder).FullName, ct);
    }

    private async Task<Stills?> TakeAsync(VideoFile video)
    {
        try
        {
            var stills = await Videos.TakeStillsAsync(video.Path, options.Stills, ct);
            for (var i = 0; i < stills.Pictures.Length; i++)
                await File.WriteAllBytesAsync(Path.Combine(options.Folder, $"{video.Name}-{i + 1}.jpg"), stills.Pictures[i], ct);
            Report.Done(video, stills);
            return stills;
        }
        catch (Exception e) when (e is InvalidDataException or FlameException)
        {
            // What the method threw on its executor arrives as itself; what happened to the executor, as a FlameException.
            Report.Error($"{video.Path}: {e.Message}");
            return null;
        }
    }

    /// <summary>One picture with a row for each video; ffmpeg reads the stills from its input, one after another.</summary>
    private async Task<string?> SheetAsync(Stills[] stills)
    {
        var rows = stills.Take(SheetRows).Select(s => Enumerable.Range(0, options.Stills).Select(i => s.Pictures[Math.Min(i, s.Pictures.Length - 1)])).ToArray();
        if (rows.Length == 0) return null;

        var sheet = Path.Combine(options.Folder, "contact-sheet.jpg");
        var layout = $"tile={options.Stills}x{rows.Length}:padding=4:margin=4";
        byte[] input = [.. rows.SelectMany(row => row).SelectMany(picture => picture)];
        await Ffmpeg.RunAsync(
            "ffmpeg", ["-v", "error", "-y", "-f", "image2pipe", "-c:v", "mjpeg", "-i", "pipe:0", "-vf", layout, "-frames:v", "1", "-q:v", "3", Path.GetFullPath(sheet)], ct, input);
        return sheet;
    }
}
