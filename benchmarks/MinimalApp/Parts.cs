using System.Diagnostics;
using System.Globalization;
using Flame.Backends;

namespace Flame.Benchmarks.Minimal;

/// <summary>
/// A cold call in its parts. What the processes of one machine read from <see cref="Stopwatch"/> is one clock, so moments of
/// executor and parent can be subtracted, and nothing of Flame has to be told that it is watched.
/// </summary>
internal static class Parts
{
    /// <summary>When this process came to its first line.</summary>
    public static long Main { get; set; }

    /// <summary>When it knew whose executor it is.</summary>
    public static long Introduced { get; set; }

    /// <summary>For every line on standard input one call on the empty pool: the milliseconds of its parts, one after the other.</summary>
    public static async Task<int> RunAsync()
    {
        var (watched, ready) = (new Watched(), 0L);
        await using var pools = await FlameApplication.StartAsync(flame => flame.AddPool(
            "cold",
            pool =>
            {
                Cold.Configure(pool);
                pool.OnGrowEnd = (_, _) => ready = Stopwatch.GetTimestamp();
            },
            watched));
        while (await Console.In.ReadLineAsync() is not null)
        {
            var called = Stopwatch.GetTimestamp();
            var executor = await Work.MomentsAsync();
            var answered = Stopwatch.GetTimestamp();
            await Cold.GoneAsync();
            long[] moments = [called, watched.Asked, watched.Created, executor[0], executor[1], ready, executor[2], answered];
            var parts = moments.Zip(moments.Skip(1), (from, to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds);
            Console.WriteLine(string.Join(' ', parts.Select(part => part.ToString("0.00", CultureInfo.InvariantCulture))));
        }

        return 0;
    }

    /// <summary>Processes of this machine; when one was asked for, and when it was there.</summary>
    private sealed class Watched : FlameBackend
    {
        private readonly LocalProcessBackend _processes = new();

        public long Asked { get; private set; }

        public long Created { get; private set; }

        // The name tells an executor that it can watch its parent's process.
        public override string Name => _processes.Name;

        public override async Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct)
        {
            Asked = Stopwatch.GetTimestamp();
            var executor = await _processes.StartAsync(request, ct);
            Created = Stopwatch.GetTimestamp();
            return executor;
        }
    }
}
