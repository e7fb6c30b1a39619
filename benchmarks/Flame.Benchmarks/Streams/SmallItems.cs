using System.Diagnostics;

namespace Flame.Benchmarks;

/// <summary>Small items that stream, in each form, beside gRPC server streaming; and a mapping beside as many unary calls in flight.</summary>
internal sealed class SmallItems : IRounds
{
    private const int InFlight = 64;

    private readonly Stack<IAsyncDisposable> _open = [];
    private readonly List<Lane> _lanes = [];
    private FlamePools _pools = null!;

    public static async Task<IRounds> StartAsync()
    {
        var items = new SmallItems();
        var server = await GrpcServer.StartAsync();
        items._open.Push(server);
        items._pools = await FlamePoolsOf.EchoAsync();
        items._open.Push(items._pools);
        items._lanes.Add(new Lane("Unix socket", "socket", server.OverSocket.ItemsAsync, server.OverSocket.CallAsync, count => ItemWork.ItemsOverSocketAsync(count), (count, reports) => ItemWork.ReportOverSocketAsync(count, reports), items => ItemWork.CountOverSocketAsync(items)));
        items._lanes.Add(new Lane("TCP with TLS 1.3", "grpc", server.OverTls.ItemsAsync, server.OverTls.CallAsync, count => ItemWork.ItemsOverGrpcAsync(count), (count, reports) => ItemWork.ReportOverGrpcAsync(count, reports), items => ItemWork.CountOverGrpcAsync(items)));
        return items;
    }

    public async Task RoundAsync(Report? report, TimeSpan time)
    {
        // Items enough that the call itself does not count; fewer where one only looks whether it runs.
        var count = time < TimeSpan.FromSeconds(1) ? 5_000 : 200_000;
        foreach (var lane in _lanes)
        {
            var streaming = $"gRPC server streaming, {lane.Name}";
            await MeasureAsync(report, $"small items, {lane.Name}", streaming, streaming, count, () => CountAsync(lane.PeerItems(count)));
            await MeasureAsync(report, $"small items, {lane.Name}", "[Flame] items as result", streaming, count, () => CountAsync(lane.Items(count)));
            await MeasureAsync(report, $"small items, {lane.Name}", "[Flame] items as argument", streaming, count, () => lane.Count(ItemWork.ItemsAsync(count)));
            await MeasureAsync(report, $"small items, {lane.Name}", "[Flame] reports of progress", streaming, count, async () =>
            {
                var reports = new ReportCount();
                await lane.Report(count, reports);
                return reports.Count;
            });

            var calls = count / 10;
            var unary = $"gRPC unary, {InFlight} in flight, {lane.Name}";
            await MeasureAsync(report, $"a call for each item, {lane.Name}", unary, unary, calls, () => CallAsync(lane, calls));
            await MeasureAsync(report, $"a call for each item, {lane.Name}", "[Flame] MapAsync", unary, calls, () => MapAsync(lane.Pool, calls));
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_open.TryPop(out var open)) await open.DisposeAsync();
    }

    private static async Task MeasureAsync(Report? report, string what, string name, string peer, int expected, Func<Task<int>> run)
    {
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        var count = await Patience.WaitAsync(name, run(), TimeSpan.FromMinutes(1));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var bytes = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        if (count != expected) throw new InvalidOperationException($"{name}: {count} items came instead of {expected}");
        report?.Add(what, "items per second", name, peer, count / seconds);
        report?.Add(what + ", allocated by the caller's process", "B per item", name, peer, bytes / (double)count);
    }

    private static async Task<int> CountAsync(IAsyncEnumerable<Response> items)
    {
        var count = 0;
        await foreach (var item in items) count++;
        return count;
    }

    private static async Task<int> CallAsync(Lane lane, int count)
    {
        var (next, done) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) <= count)
            {
                await lane.PeerCall(new Request(20, 22, "hello, flame"));
                Interlocked.Increment(ref done);
            }
        })));
        return done;
    }

    private async Task<int> MapAsync(string pool, int count)
    {
        var requests = Enumerable.Range(0, count).Select(i => new Request(i, 22, "hello, flame"));
        var options = new FlameMapOptions { MaxInFlight = InFlight };
        var results = pool == "socket"
            ? _pools.MapAsync("socket", requests, Echo.OverSocketAsync, options)
            : _pools.MapAsync("grpc", requests, Echo.OverGrpcAsync, options);
        var done = 0;
        await foreach (var result in results) done += result.Error is null ? 1 : 0;
        return done;
    }

    private sealed record Lane(
        string Name,
        string Pool,
        Func<int, IAsyncEnumerable<Response>> PeerItems,
        Func<Request, Task<Response>> PeerCall,
        Func<int, IAsyncEnumerable<Response>> Items,
        Func<int, IProgress<Response>, Task> Report,
        Func<IAsyncEnumerable<Response>, Task<int>> Count);
}
