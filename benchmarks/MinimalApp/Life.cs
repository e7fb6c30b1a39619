using System.Diagnostics;
using System.Globalization;
using Flame;

namespace Flame.Benchmarks.Minimal;

/// <summary>What happens to executors in numbers; each line of standard input asks for one of these, and is answered by figures.</summary>
internal static class Life
{
    private const int Many = 64;

    // The compiler goes on for a while behind the first calls.
    private static readonly TimeSpan s_settles = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_watched = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync()
    {
        while (await Console.In.ReadLineAsync() is { } what)
        {
            var figures = what switch
            {
                "cold pool" => await GrowAsync(warm: false),
                "warm pool" => await GrowAsync(warm: true),
                "idle" => await IdleAsync(),
                _ => await ManyAsync(),
            };
            Console.WriteLine(string.Join(' ', figures.Select(figure => figure.ToString("0.000", CultureInfo.InvariantCulture))));
        }

        return 0;
    }

    /// <summary>64 calls of a second each on up to 16 executors with one slot each: seconds.</summary>
    private static async Task<double[]> GrowAsync(bool warm)
    {
        await using var pools = await StartAsync(min: warm ? 16 : 0, max: 16);
        using var here = pools.Use();
        if (warm) await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Work.StayAsync(200)));
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => Work.StayAsync(1000)));
        return [Stopwatch.GetElapsedTime(started).TotalSeconds];
    }

    /// <summary>One executor that has nothing to do: its resident memory in MiB, all of it and what is its own, and per cent of a core that it takes.</summary>
    private static async Task<double[]> IdleAsync()
    {
        await using var pools = await StartAsync(min: 0, max: 1);
        using var here = pools.Use();
        var executor = await Work.ProcessAsync();
        await Task.Delay(s_settles);
        var before = Busy([executor]);
        await Task.Delay(s_watched);
        return [Memory(executor, "VmRSS"), Memory(executor, "RssAnon"), (Busy([executor]) - before) / s_watched * 100];
    }

    /// <summary>64 executors at once: seconds until each has answered, MiB of their own at that time, per cent of a core that their parent and they take when nothing goes on, and seconds until all are gone.</summary>
    private static async Task<double[]> ManyAsync()
    {
        var pools = await StartAsync(min: 0, max: Many);
        using var here = pools.Use();
        var started = Stopwatch.GetTimestamp();

        // None of them answers before all are there.
        var executors = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => Work.ProcessWhenAllAreHereAsync(Path.GetTempPath() + Environment.ProcessId, Many)));
        var up = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Directory.Delete(Path.GetTempPath() + Environment.ProcessId, recursive: true);
        if (executors.Distinct().Count() != Many) throw new InvalidOperationException("some had more than one call");
        var memory = executors.Sum(executor => Memory(executor, "RssAnon"));
        await Task.Delay(s_settles);
        var (parent, all) = (Busy([Environment.ProcessId]), Busy(executors));
        await Task.Delay(s_watched);
        var (parents, alls) = ((Busy([Environment.ProcessId]) - parent) / s_watched * 100, (Busy(executors) - all) / s_watched * 100);
        started = Stopwatch.GetTimestamp();
        await pools.DisposeAsync();
        return [up, memory, parents, alls, Stopwatch.GetElapsedTime(started).TotalSeconds];
    }

    private static Task<FlamePools> StartAsync(int min, int max) => FlameApplication.StartAsync(flame => flame
        .AddPool("cold", pool => (pool.Min, pool.Max, pool.MaxConcurrency, pool.IdleShutdownAfter) = (min, max, 1, TimeSpan.FromMinutes(5))));

    private static TimeSpan Busy(int[] processes) => processes.Aggregate(TimeSpan.Zero, static (sum, id) =>
    {
        using var process = Process.GetProcessById(id);
        return sum + process.TotalProcessorTime;
    });

    private static double Memory(int process, string what) =>
        double.Parse(File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(what, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^2], CultureInfo.InvariantCulture) / 1024;
}
