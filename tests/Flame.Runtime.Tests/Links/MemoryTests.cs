using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Flame.CompilerServices;
using Flame.Wire;
using Xunit;

namespace Flame.Tests.Links;

public sealed class MemoryTests
{
    private const int Large = 4 * 1024 * 1024;

    [Fact]
    public void Memory_of_a_large_payload_is_in_no_pool_once_it_is_read()
    {
        var used = PayloadBytes.Rent(Large);
        PayloadBytes.Return(used);

        Assert.Equal(Large, used.Length);
        Assert.NotSame(used, ArrayPool<byte>.Shared.Rent(Large));
    }

    [Fact]
    public void Memory_of_a_large_payload_is_in_no_pool_once_it_is_sent()
    {
        var buffer = new PayloadBuffer();
        buffer.GetSpan(Large);
        buffer.Advance(Large);
        Assert.True(MemoryMarshal.TryGetArray(buffer.Memory, out var used));
        buffer.Reset(int.MaxValue);

        Assert.NotSame(used.Array, ArrayPool<byte>.Shared.Rent(used.Array!.Length));
    }

    [Fact]
    public void A_payload_that_is_not_large_is_pooled()
    {
        var used = PayloadBytes.Rent(PayloadBytes.MostPooled);
        PayloadBytes.Return(used);

        Assert.Same(used, PayloadBytes.Rent(PayloadBytes.MostPooled));
    }

    [Fact]
    public async Task What_a_jam_needed_is_given_up_when_nothing_waits_any_more()
    {
        var stream = new JammedStream();
        var sender = new FrameSender(stream, _ => { });
        var written = Jam(sender, stream);

        stream.Loosen();
        await sender.WhenWritten();
        GC.Collect();

        Assert.NotEmpty(written);
        Assert.All(written, array => Assert.False(array.TryGetTarget(out var kept) && kept.Length > Large));
        GC.KeepAlive(sender);
    }

    // Apart, so that nothing of it is on the test's own stack.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference<byte[]>> Jam(FrameSender sender, JammedStream stream)
    {
        for (var sent = 0; sent <= 2 * Large; sent += FrameHeader.ChunkSize) sender.Send(FrameKind.Log, FrameFlags.None, 0, new byte[FrameHeader.ChunkSize]);
        return stream.Written;
    }

    /// <summary>Takes the first write and finishes it only when it is loosened.</summary>
    private sealed class JammedStream : MemoryStream
    {
        private readonly TaskCompletionSource _loose = new();

        public List<WeakReference<byte[]>> Written { get; } = [];

        public void Loosen() => _loose.SetResult();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (MemoryMarshal.TryGetArray(buffer, out var array)) Written.Add(new WeakReference<byte[]>(array.Array!));
            return new ValueTask(_loose.Task);
        }
    }
}
