using System.Diagnostics;
using System.Globalization;

namespace Flame.Benchmarks;

/// <summary>One GiB through one call, in each form that does not need it in memory at once: how fast, and how much memory at most.</summary>
internal sealed class BulkStreams : IRounds
{
    private const long Gibibyte = 1L << 30;

    private readonly List<(string Carrier, int Executor, IFlow Flow)> _flows = [];
    private FlamePools _pools = null!;

    private interface IFlow
    {
        Task<long> ReadAsync(Stream stream);
        Task WriteAsync(Stream stream, long count);
        IAsyncEnumerable<byte[]> ItemsAsync(long count);
    }

    public static async Task<IRounds> StartAsync()
    {
        var streams = new BulkStreams { _pools = await FlamePoolsOf.EchoAsync() };
        streams._flows.Add(("Unix socket", await Echo.SocketProcessAsync(), new OverSocket()));
        streams._flows.Add(("between hosts, TLS 1.3", await Echo.GrpcProcessAsync(), new OverGrpc()));
        return streams;
    }

    public async Task RoundAsync(Report? report, TimeSpan time)
    {
        // Warming up, and where one only looks whether it runs, a part of it is enough.
        var count = report is null || time < TimeSpan.FromSeconds(1) ? Gibibyte / 64 : Gibibyte;
        foreach (var (carrier, executor, flow) in _flows)
        {
            await MeasureAsync("1 GiB that the method reads from a Stream", async () => Check(await flow.ReadAsync(new Zeros(count)), count));
            await MeasureAsync("1 GiB that the method writes to a Stream", async () =>
            {
                var counted = new Counted();
                await flow.WriteAsync(counted, count);
                Check(counted.Count, count);
            });
            await MeasureAsync("1 GiB of items of 256 KiB", async () =>
            {
                var sum = 0L;
                await foreach (var item in flow.ItemsAsync(count)) sum += item.Length;
                Check(sum, count);
            });

            async Task MeasureAsync(string what, Func<Task> run)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                await using var peak = new PeakMemory(Environment.ProcessId, executor);
                var started = Stopwatch.GetTimestamp();
                await Patience.WaitAsync($"{what}, {carrier}", run(), TimeSpan.FromMinutes(4));
                var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
                var (parent, child) = await peak.StopAsync();
                report?.Add(what, "MB/s", carrier, "Unix socket", count / 1e6 / seconds);
                report?.Add(what + ", resident memory of the parent at most above that at the beginning", "MiB", carrier, carrier, parent);
                report?.Add(what + ", the same of the executor", "MiB", carrier, carrier, child);
            }
        }
    }

    public ValueTask DisposeAsync() => _pools.DisposeAsync();

    private static void Check(long count, long expected)
    {
        if (count != expected) throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{count} bytes came instead of {expected}"));
    }

    private sealed class OverSocket : IFlow
    {
        public Task<long> ReadAsync(Stream stream) => Flow.ReadOverSocketAsync(stream);

        public Task WriteAsync(Stream stream, long count) => Flow.WriteOverSocketAsync(stream, count);

        public IAsyncEnumerable<byte[]> ItemsAsync(long count) => Flow.ItemsOverSocketAsync(count);
    }

    private sealed class OverGrpc : IFlow
    {
        public Task<long> ReadAsync(Stream stream) => Flow.ReadOverGrpcAsync(stream);

        public Task WriteAsync(Stream stream, long count) => Flow.WriteOverGrpcAsync(stream, count);

        public IAsyncEnumerable<byte[]> ItemsAsync(long count) => Flow.ItemsOverGrpcAsync(count);
    }
}
