using Flame;

namespace Thumbnails;

/// <summary>What the user reads: plain lines, on a terminal and in a file alike.</summary>
internal static class Report
{
    public static void Begin(int videos, Options options) =>
        Console.WriteLine($"Taking {Count(options.Stills, "still")} of each of {Count(videos, "video")} on up to {Count(options.Executors, "executor")}");

    public static void Boot(FlamePoolSize grown, Exception? error)
    {
        // A boot that failed is tried again, and the calls are told when none succeeds; one that the end cut short is no news.
        if (error is not null) return;

        var executor = FlamePools.Current[grown.Pool].GetStats().Executors.FirstOrDefault(e => e.Name == grown.Executor);
        if (executor is not null) Console.WriteLine($"  {grown.Executor}  booted in {Seconds(executor.BootTime)} ({executor.Description})");
    }

    public static void Done(VideoFile video, Stills stills) =>
        Console.WriteLine($"  {stills.Executor}  {Path.GetFileName(video.Path)}: {Count(stills.Pictures.Length, "still")} in {Seconds(stills.Work)}");

    /// <returns>The exit code of the program.</returns>
    public static int End(Outcome outcome)
    {
        var (stills, failed, time, sheet) = outcome;
        if (sheet is null) return 1;

        var videos = Count(stills.Length, "video") + (failed == 0 ? "" : $" ({Count(failed, "input")} failed)");
        var pictures = Count(stills.Sum(s => s.Pictures.Length), "still");
        var executors = Count(stills.Select(s => s.Executor).Distinct().Count(), "executor");
        var work = TimeSpan.FromTicks(stills.Sum(s => s.Work.Ticks));
        Console.WriteLine($"Stills in {Path.GetDirectoryName(sheet)}, all on one sheet: {sheet}");
        Console.WriteLine($"{videos}, {pictures}, {executors} (gone again): {Seconds(time)} on the clock for {Seconds(work)} of work");
        return failed == 0 ? 0 : 1;
    }

    /// <returns>The exit code of a program that ends with it.</returns>
    public static int Error(string message)
    {
        Console.Error.WriteLine(message.ReplaceLineEndings(" "));
        return 1;
    }

    private static string Count(int n, string thing) => $"{n} {thing}{(n == 1 ? "" : "s")}";

    private static string Seconds(TimeSpan? time) => $"{time?.TotalSeconds:0.00} s";
}
