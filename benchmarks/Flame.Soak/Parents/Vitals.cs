using System.Diagnostics;
using System.Globalization;

namespace Flame.Soak.Parents;

/// <summary>What a parent holds when it has nothing to do.</summary>
/// <param name="LiveKiB">Managed memory after a full collection.</param>
/// <param name="ResidentKiB">Memory of the process.</param>
/// <param name="Handles">Open files.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Leases">Slots that are taken, calls that wait, and executors that are still there.</param>
/// <param name="Hung">Calls that have no outcome.</param>
internal sealed record Vitals(long LiveKiB, long ResidentKiB, int Handles, int Threads, string Leases, string Hung)
{
    private const string Mark = "vitals";
    private const string None = "none";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_betweenCollections = TimeSpan.FromSeconds(1);

    /// <summary>Waits until the pools are empty, and measures.</summary>
    /// <param name="pools">The pools.</param>
    /// <param name="load">The callers, who have stopped calling.</param>
    /// <param name="settle">How long the framework's own pools have to give back what they keep: the shared arrays take a minute.</param>
    /// <returns>A line that <see cref="Read"/> reads.</returns>
    public static async Task<string> TakeAsync(FlamePools pools, Load load, TimeSpan settle)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < s_patience && LeasesOf(pools) != None) await Task.Delay(100);

        var settled = clock.Elapsed + settle;
        while (clock.Elapsed < settled)
        {
            await Task.Delay(s_betweenCollections);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        using var process = Process.GetCurrentProcess();
        var handles = Directory.GetFiles("/proc/self/fd");
        await File.WriteAllLinesAsync(
            Path.Combine(Environment.GetEnvironmentVariable(Diary.Folder)!, "..", $"handles-{process.Id}-{Environment.TickCount64}.txt"),
            handles.Select(handle => $"{handle} {new FileInfo(handle).LinkTarget}"));
        var heap = GC.GetGCMemoryInfo(GCKind.Any);
        object[] values = [(heap.HeapSizeBytes - heap.FragmentedBytes) / 1024, process.WorkingSet64 / 1024, handles.Length, process.Threads.Count, LeasesOf(pools), load.IsQuiet ? None : string.Join(", ", load.UnderWay.Take(10))];
        return string.Join('\t', [Mark, .. values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture))]);
    }

    public static Vitals? Read(string line) =>
        line.Split('\t') is [Mark, var live, var resident, var handles, var threads, var leases, var hung]
            ? new Vitals(Long(live), Long(resident), (int)Long(handles), (int)Long(threads), leases == None ? "" : leases, hung == None ? "" : hung) : null;

    private static string LeasesOf(FlamePools pools)
    {
        var held = pools.All.Select(pool => pool.GetStats()).Where(s => s.Running + s.Waiting + s.Count > 0)
            .Select(s => $"{s.Pool}: {s.Running} running, {s.Waiting} waiting, {s.Ready} ready, {s.Booting} booting, {s.Draining} draining");
        return string.Join("; ", held.DefaultIfEmpty(None));
    }

    private static long Long(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
