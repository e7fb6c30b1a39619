using System.Diagnostics;
using Flame;
using Thumbnails;

namespace Stills;

/// <summary>All the videos, and what came of them.</summary>
internal sealed class Bucket(IViewer viewer, Options options)
{
    private const int MostLost = 3;

    private readonly ContactSheet _sheet = new(Path.GetFileName(options.Model.Path));
    private int _failed;

    /// <returns>The exit code of the program.</returns>
    public async Task<int> DrainAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(options.Folder);
        if (options.Model.IsOurs) SceneModel.Write(options.Model);
        var problems = new List<string>();
        var videos = options.Videos.Length > 0 ? VideoFiles.Find(options.Videos, problems) : await Clips.MakeAsync(Path.Combine(options.Folder, "videos"), ct);
        foreach (var problem in problems) Report.Error(problem);
        if (videos.Length == 0) return 1;

        Report.Begin(videos.Length, options);
        var started = Stopwatch.GetTimestamp();

        // As many at a time as there may be executors: as one has watched its video to the end, the next is taken out of the bucket.
        var atATime = new ParallelOptions { MaxDegreeOfParallelism = options.Executors, CancellationToken = ct };
        await Parallel.ForEachAsync(videos, atATime, WatchAsync);

        if (_sheet.Counts.Stills == 0) return 1;
        var sheet = Path.Combine(options.Folder, "contact-sheet.html");
        await _sheet.WriteAsync(sheet, ct);
        Report.End(_sheet, problems.Count + _failed, Stopwatch.GetElapsedTime(started), sheet);
        return problems.Count + _failed == 0 ? 0 : 1;
    }

    private async ValueTask WatchAsync(VideoFile video, CancellationToken ct)
    {
        var next = 0;
        for (var lost = 0; ; lost++)
        {
            try
            {
                // A call that looks like any other. It runs on an executor, and each still is here as soon as the model has seen it.
                await foreach (var still in viewer.WatchAsync(video.Path, next, options.Stills, ct))
                {
                    next = still.Index + 1;
                    _sheet.Add(video.Name, still);
                    Report.Seen(video, still);
                }

                return;
            }
            catch (ExecutorLostException e) when (lost < MostLost)
            {
                // What has arrived is here; another executor goes on behind it.
                Report.Lost(video, next, e);
            }
            catch (Exception e) when (e is InvalidDataException or FlameException)
            {
                Interlocked.Increment(ref _failed);
                Report.Error($"{video.Path}: {e.Message}");
                return;
            }
        }
    }
}
