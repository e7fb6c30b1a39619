using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Flame.CompilerServices;
using Flame.Executor.Tests.InProcess;

namespace Flame.Executor.Tests.Links;

/// <summary>What the tests of links call, and how its arguments look on the wire.</summary>
internal static class WireWork
{
    private static readonly ConcurrentDictionary<int, Gate> Gates = new();
    private static int s_gate;

    public static int NewGate() => Interlocked.Increment(ref s_gate);

    public static Gate GateOf(int gate) => Gates.GetOrAdd(gate, static _ => new Gate());

    public static RemoteMethod Method(string name) => MethodTable.Snapshot().Single(m => m.Name == $"{nameof(WireWork)}.{name}");

    /// <summary>The arguments of <see cref="HoldAsync"/>.</summary>
    public static byte[] HoldArguments(int gate, int size = 0, int padding = 0) =>
        [.. BitConverter.GetBytes(gate), .. BitConverter.GetBytes(size), .. BitConverter.GetBytes(padding), .. new byte[padding]];

    [Flame(Pool = "test")]
    public static Task<byte[]> EchoAsync(byte[] bytes) => Task.FromResult(bytes);

    [Flame(Pool = "test")]
    public static Task<double[]> NumbersAsync(double[] numbers) => Task.FromResult(numbers);

    [Flame(Pool = "test")]
    public static Task<(double[] Numbers, bool[] Flags, byte[][] Lists, int[]? None)> MixedAsync(double[] numbers, bool[] flags, byte[][] lists, int[]? none) =>
        Task.FromResult((numbers.Select(n => -n).ToArray(), flags, lists, none));

    /// <summary>Stays until its gate is open, and answers with that many bytes.</summary>
    [Flame(Pool = "test")]
    public static async Task<byte[]> HoldAsync(int gate, int size, byte[] padding, CancellationToken ct)
    {
        await GateOf(gate).PassAsync(ct);
        return new byte[size];
    }

    [Flame(Pool = "test")]
    public static async Task IgnoreAsync(int gate, CancellationToken ct)
    {
        await using var told = ct.Register(() => GateOf(gate).Tell());
        await GateOf(gate).PassAsync(CancellationToken.None);
    }

    /// <summary>Has all kinds of live arguments. Reports each item, and passes the gate behind it.</summary>
    [Flame(Pool = "test")]
    public static async Task MixAsync(
        int gate, IProgress<int> progress, IAsyncEnumerable<int> items, Stream reads, Stream writes, IProgress<int>? none, CancellationToken ct = default)
    {
        Assert.True(reads.CanRead && writes.CanWrite && none is null);
        await foreach (var item in items.WithCancellation(ct))
        {
            progress.Report(item);
            await GateOf(gate).PassAsync(ct);
        }
    }

    [Flame(Pool = "test")]
    public static async IAsyncEnumerable<byte[]> BlobsAsync(int count, int size, [EnumeratorCancellation] CancellationToken ct)
    {
        for (var i = 0; i < count; i++)
        {
            ct.ThrowIfCancellationRequested();
            await Task.Yield();
            var blob = new byte[size];
            Array.Fill(blob, (byte)i);
            yield return blob;
        }
    }
}
