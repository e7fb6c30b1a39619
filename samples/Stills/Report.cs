using System.Globalization;
using Flame;
using Thumbnails;

namespace Stills;

/// <summary>What the user reads: plain lines, on a terminal and in a file alike.</summary>
internal static class Report
{
    public static void Begin(int videos, Options options) => Console.WriteLine(
        $"Looking at {Count(options.Stills, "still")} of each of {Count(videos, "video")} with {Path.GetFileName(options.Model.Path)} on up to {Count(options.Executors, "executor")}");

    public static void Boot(FlamePoolSize grown, Exception? error)
    {
        // A boot that failed is tried again, and the calls are told when none succeeds; one that the end cut short is no news.
        if (error is not null) return;

        var executor = FlamePools.Current[grown.Pool].GetStats().Executors.FirstOrDefault(e => e.Name == grown.Executor);
        if (executor is not null) Console.WriteLine($"  {grown.Executor}  booted in {Seconds(executor.BootTime)}, with the model loaded ({executor.Description})");
    }

    public static void Seen(VideoFile video, Still still) =>
        Console.WriteLine($"  {still.Executor}  {video.Name} at {Seconds(TimeSpan.FromSeconds(still.Second))}: {still.Guesses[0].Label}, {Percent(still.Guesses[0].Score)}");

    public static void Lost(VideoFile video, int next, ExecutorLostException lost) =>
        Console.WriteLine($"  {lost.Executor}  was lost; {video.Name} goes on with still {next + 1} elsewhere");

    public static void End(ContactSheet sheet, int failed, TimeSpan time, string path)
    {
        var (videos, stills, executors) = sheet.Counts;
        var failures = failed == 0 ? "" : $" ({Count(failed, "input")} failed)";
        Console.WriteLine($"{Count(videos, "video")}{failures}, {Count(stills, "still")}, {Count(executors, "executor")}, {Seconds(time)}. The contact sheet: {path}");
    }

    /// <returns>The exit code of a program that ends with it.</returns>
    public static int Error(string message)
    {
        Console.Error.WriteLine(message.ReplaceLineEndings(" "));
        return 1;
    }

    public static string Percent(float score) => score.ToString("0 %", CultureInfo.InvariantCulture);

    public static string Count(int n, string thing) => $"{n} {thing}{(n == 1 ? "" : "s")}";

    private static string Seconds(TimeSpan? time) => string.Create(CultureInfo.InvariantCulture, $"{time?.TotalSeconds:0.00} s");
}
