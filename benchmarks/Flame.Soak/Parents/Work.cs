using System.Runtime.CompilerServices;

namespace Flame.Soak.Parents;

/// <summary>What executors do: every kind of method, each of which leaves a line when it runs.</summary>
public static class Work
{
    [Flame(Pool = "work")]
    public static Task<long> OnceAsync(long call, int milliseconds, CancellationToken ct = default) => RunAsync(call, milliseconds, ct);

    [Flame(Pool = "work", Idempotent = true)]
    public static Task<long> AgainAsync(long call, int milliseconds, CancellationToken ct = default) => RunAsync(call, milliseconds, ct);

    [Flame(Pool = "single")]
    public static Task<long> SingleAsync(long call, int milliseconds, CancellationToken ct = default) => RunAsync(call, milliseconds, ct);

    /// <summary>On a pool half of whose boots fail.</summary>
    [Flame(Pool = "fragile")]
    public static Task<long> FragileAsync(long call, int milliseconds, CancellationToken ct = default) => RunAsync(call, milliseconds, ct);

    [Flame(Pool = "big")]
    public static async Task<byte[]> HugeAsync(long call, byte[] bytes, CancellationToken ct = default)
    {
        Diary.Ran(call);
        await Task.Yield();
        ct.ThrowIfCancellationRequested();
        return bytes;
    }

    [Flame(Pool = "work")]
    public static async Task<long> ThrowAsync(long call)
    {
        Diary.Ran(call);
        await Task.Yield();
        throw new InvalidOperationException($"call {call} throws");
    }

    /// <summary>Does not look at any token.</summary>
    [Flame(Pool = "work")]
    public static async Task<long> StuckAsync(long call, int milliseconds)
    {
        Diary.Ran(call);
        await Task.Delay(milliseconds, CancellationToken.None);
        return call;
    }

    [Flame(Pool = "work")]
    public static async IAsyncEnumerable<int> CountAsync(long call, int count, [EnumeratorCancellation] CancellationToken ct = default)
    {
        Diary.Ran(call);
        for (var i = 0; i < count; i++)
        {
            if (i % 100 == 99) await Task.Delay(1, ct);
            yield return i;
        }
    }

    [Flame(Pool = "work")]
    public static async IAsyncEnumerable<byte[]> PagesAsync(long call, int count, int size, [EnumeratorCancellation] CancellationToken ct = default)
    {
        Diary.Ran(call);
        for (var i = 0; i < count; i++)
        {
            await Task.Yield();
            ct.ThrowIfCancellationRequested();
            yield return new byte[size];
        }
    }

    [Flame(Pool = "work")]
    public static async Task<long> SumAsync(long call, IAsyncEnumerable<int> items, CancellationToken ct = default)
    {
        Diary.Ran(call);
        var sum = 0L;
        await foreach (var item in items.WithCancellation(ct)) sum += item;
        return sum;
    }

    [Flame(Pool = "work")]
    public static async Task<int> ReportAsync(long call, int count, IProgress<int> progress, CancellationToken ct = default)
    {
        Diary.Ran(call);
        for (var i = 1; i <= count; i++)
        {
            if (i % 50 == 0) await Task.Delay(1, ct);
            progress.Report(i);
        }

        return count;
    }

    /// <summary>Reads one stream to its end into the other.</summary>
    [Flame(Pool = "work")]
    public static async Task<long> CopyAsync(long call, Stream from, Stream to, CancellationToken ct = default)
    {
        Diary.Ran(call);
        var buffer = new byte[16 * 1024];
        for (var total = 0L; ;)
        {
            var count = await from.ReadAsync(buffer, ct);
            if (count == 0) return total;
            await to.WriteAsync(buffer.AsMemory(0, count), ct);
            total += count;
        }
    }

    [Flame(Pool = "work"), FlameBatch(Max = 16, Wait = "00:00:00.010")]
    public static async Task<long[]> BatchAsync(long[] calls, CancellationToken ct = default)
    {
        foreach (var call in calls) Diary.Ran(call);
        await Task.Delay(5, ct);
        return calls;
    }

    /// <summary>Leaves an object behind, which keeps a slot of its executor.</summary>
    [Flame(Pool = "work")]
    public static async Task<FlameObject<Counter>> OpenAsync(long call)
    {
        await Task.Yield();
        return FlameObject.InPlace(new Counter(call));
    }

    /// <summary>Hands on to a pool of its executor.</summary>
    [Flame(Pool = "plan")]
    public static Task<long> PlanAsync(long call, int milliseconds, CancellationToken ct = default) => Work.Remote.LeafAsync(call, milliseconds, ct);

    [Flame(Pool = "leaf")]
    public static Task<long> LeafAsync(long call, int milliseconds, CancellationToken ct = default) => RunAsync(call, milliseconds, ct);

    /// <summary>Prints more than a link carries.</summary>
    [Flame(Pool = "work")]
    public static async Task<long> FloodAsync(long call, int lines)
    {
        Diary.Ran(call);
        await Task.Yield();
        for (var i = 0; i < lines; i++) Console.WriteLine($"line {i} of a flood that nobody reads, and that is long enough to be in the way of the others");
        return call;
    }

    /// <summary>Ends its own executor.</summary>
    [Flame(Pool = "work")]
    public static async Task<long> EndAsync(long call, bool crash)
    {
        Diary.Ran(call);
        await Task.Yield();
        if (crash) Environment.FailFast("a crash of the soak");
        Environment.Exit(9);
        return call;
    }

    internal static async Task<long> RunAsync(long call, int milliseconds, CancellationToken ct = default)
    {
        Diary.Ran(call);
        await Task.Delay(milliseconds, ct);
        return call;
    }
}

/// <summary>An object that lives in an executor.</summary>
[FlameObject]
public sealed class Counter : IDisposable
{
    private int _sum;

    public Counter(long call) => Diary.Ran(call);

    public async Task<int> AddAsync(int number, CancellationToken ct = default)
    {
        await Task.Delay(1, ct);
        return _sum += number;
    }

    public void Dispose() => _sum = -1;
}
