using System.Security.Cryptography;

namespace Flame.Soak.Parents;

/// <summary>A way to call: what it does, and how often it is chosen.</summary>
/// <param name="Name">Its row in the table.</param>
/// <param name="Weight">How often.</param>
/// <param name="RunAsync">Makes the call and says whether its result was right.</param>
internal sealed record Kind(string Name, int Weight, Func<Caller, long, Task<bool>> RunAsync);

/// <summary>Whoever makes a call.</summary>
/// <param name="Pools">The pools.</param>
/// <param name="Random">Of this caller alone.</param>
/// <param name="LargestMiB">Of huge payloads.</param>
internal sealed record Caller(FlamePools Pools, Random Random, int LargestMiB);

/// <summary>Every kind of call.</summary>
internal static class Kinds
{
    private const int MiB = 1024 * 1024;

    public static readonly Kind[] All =
    [
        new("once", 20, async (c, id) => await Work.OnceAsync(id, c.Random.Next(60), default) == id),
        new("again", 12, async (c, id) => await Work.AgainAsync(id, c.Random.Next(200), default) == id),
        new("cast", 4, async (c, id) =>
        {
            await Work.Cast.OnceAsync(id, c.Random.Next(60));
            return true;
        }),
        new("spawn", 4, async (c, id) => await Work.Spawn.OnceAsync(id, c.Random.Next(60)) == id),
        new("spawn, forgotten at once", 2, async (c, id) => await Work.Spawn.With(new() { KeepFor = TimeSpan.Zero }).OnceAsync(id, c.Random.Next(60)) == id),
        new("block", 4, (c, id) => BlockAsync(c, id, c.Random.Next(60))),
        new("batch", 6, async (_, id) => await Work.Batched.BatchAsync(id) == id),
        new("single use", 1, async (c, id) => await Work.SingleAsync(id, c.Random.Next(60), default) == id),
        new("fragile boot", 1, async (c, id) => await Work.Remote.With(new() { QueueTimeout = TimeSpan.FromSeconds(15) }).FragileAsync(id, c.Random.Next(60)) == id),
        new("nested", 2, async (c, id) => await Work.PlanAsync(id, c.Random.Next(60), default) == id),
        new("detached", 1, async (c, id) => await Work.Remote.With(new() { Detached = true, Timeout = TimeSpan.FromSeconds(5) }).OnceAsync(id, c.Random.Next(60)) == id),
        new("throws", 4, ThrowsAsync),
        new("cancelled", 4, CancelledAsync),
        new("cancelled in the queue", 2, CancelledSoonAsync),
        new("timed out", 2, async (_, id) => await Work.Remote.With(new() { Timeout = TimeSpan.FromMilliseconds(50) }).OnceAsync(id, 30_000) < 0),
        new("stuck", 1, async (_, id) => await Work.Remote.With(new() { Timeout = TimeSpan.FromMilliseconds(50) }).StuckAsync(id, 2500) < 0),
        new("stream", 4, StreamAsync),
        new("stream, left", 2, LeftAsync),
        new("stream, slow consumer", 2, SlowAsync),
        new("items", 4, async (c, id) => await ItemsAsync(id, c.Random.Next(2000))),
        new("progress", 4, async (c, id) => await ProgressAsync(id, c.Random.Next(1, 500))),
        new("bytes", 2, async (c, id) => await BytesAsync(c, id)),
        new("placed", 2, PlacedAsync),
        new("left behind", 2, LeftBehindAsync),
        new("huge", 1, HugeAsync),
        new("flood", 1, async (c, id) => await Work.FloodAsync(id, c.Random.Next(20_000)) == id),
    ];

    /// <summary>An executor that ends itself: a fault, made by a call.</summary>
    public static readonly Kind Exit = new("exit", 0, async (c, id) => await Work.EndAsync(id, crash: false) < 0);

    /// <summary>The same, by a crash.</summary>
    public static readonly Kind Crash = new("crash", 0, async (c, id) => await Work.EndAsync(id, crash: true) < 0);

    private static async Task<bool> BlockAsync(Caller c, long id, int milliseconds) =>
        await c.Pools.CallAsync("work", ct => Work.RunAsync(id, milliseconds, ct)) == id;

    private static async Task<bool> ThrowsAsync(Caller c, long id)
    {
        try
        {
            await Work.ThrowAsync(id);
            return false;
        }
        catch (Exception e) when (e is InvalidOperationException or RemoteException && e.Message.Contains($"call {id} throws", StringComparison.Ordinal))
        {
            return true;
        }
    }

    private static async Task<bool> CancelledAsync(Caller c, long id)
    {
        using var cancel = new CancellationTokenSource(c.Random.Next(200));
        return await EndsCancelledAsync(Work.OnceAsync(id, 30_000, cancel.Token), cancel);
    }

    private static async Task<bool> CancelledSoonAsync(Caller c, long id)
    {
        using var cancel = new CancellationTokenSource();
        var call = Work.SingleAsync(id, 30_000, cancel.Token);
        await Task.Yield();
        await cancel.CancelAsync();
        return await EndsCancelledAsync(call, cancel);
    }

    private static async Task<bool> EndsCancelledAsync(Task<long> call, CancellationTokenSource cancel)
    {
        try
        {
            await call;
            return false;
        }
        catch (OperationCanceledException e) when (e.CancellationToken == cancel.Token)
        {
            return true;
        }
    }

    private static async Task<bool> StreamAsync(Caller c, long id)
    {
        var (count, next) = (c.Random.Next(2000), 0);
        await foreach (var item in Work.CountAsync(id, count, default))
        {
            if (item != next++) return false;
        }

        return next == count;
    }

    private static async Task<bool> LeftAsync(Caller c, long id)
    {
        var left = c.Random.Next(100);
        await foreach (var item in Work.CountAsync(id, 1_000_000, default))
        {
            if (item == left) return true;
        }

        return false;
    }

    private static async Task<bool> SlowAsync(Caller c, long id)
    {
        var (pages, size) = (0, c.Random.Next(1, 256 * 1024));
        await foreach (var page in Work.PagesAsync(id, 20, size, default))
        {
            if (page.Length != size) return false;
            pages++;
            await Task.Delay(20);
        }

        return pages == 20;
    }

    private static async Task<bool> ItemsAsync(long id, int count) =>
        await Work.SumAsync(id, AsyncEnumerable.Range(0, count), default) == count * (count - 1L) / 2;

    private static async Task<bool> ProgressAsync(long id, int count)
    {
        var told = new Told();
        return await Work.ReportAsync(id, count, told, default) == count && told.Last == count;
    }

    private static async Task<bool> BytesAsync(Caller c, long id)
    {
        var bytes = new byte[c.Random.Next(2 * MiB)];
        c.Random.NextBytes(bytes);
        using MemoryStream from = new(bytes), to = new();
        return await Work.CopyAsync(id, from, to, default) == bytes.Length && to.ToArray().AsSpan().SequenceEqual(bytes);
    }

    private static async Task<bool> PlacedAsync(Caller c, long id)
    {
        await using var counter = await c.Pools.PlaceAsync("work", () => new Counter(id));
        return await AddAsync(counter, c.Random.Next(1, 10));
    }

    private static async Task<bool> LeftBehindAsync(Caller c, long id)
    {
        await using var counter = await Work.OpenAsync(id);
        return await AddAsync(counter, c.Random.Next(1, 10));
    }

    private static async Task<bool> AddAsync(FlameObject<Counter> counter, int times)
    {
        for (var i = 1; i <= times; i++)
        {
            if (await counter.AddAsync(1) != i) return false;
        }

        return true;
    }

    private static async Task<bool> HugeAsync(Caller c, long id)
    {
        var bytes = new byte[c.Random.Next(MiB, c.LargestMiB * MiB)];
        c.Random.NextBytes(bytes.AsSpan(0, MiB));
        var hash = SHA256.HashData(bytes);
        return SHA256.HashData(await Work.HugeAsync(id, bytes, default)).AsSpan().SequenceEqual(hash);
    }

    private sealed class Told : IProgress<int>
    {
        public int Last { get; private set; }

        public void Report(int value) => Last = value == Last + 1 ? value : int.MinValue;
    }
}
