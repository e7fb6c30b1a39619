using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MemoryPack;

namespace Flame.Benchmarks;

/// <summary>Length, number of the call and MemoryPack's bytes; one writer sends all that waits at once.</summary>
internal sealed class FrameBatches(Func<ReadOnlyMemory<byte>, ValueTask> send)
{
    private const int HeaderSize = 8;

    private readonly Lock _gate = new();
    private ArrayBufferWriter<byte> _filling = new(64 * 1024);
    private ArrayBufferWriter<byte> _writing = new(64 * 1024);
    private bool _isWriting;

    /// <summary>Hands over the frames that are whole, and says how many bytes they had.</summary>
    public static int Take(ReadOnlySpan<byte> bytes, Action<int, ReadOnlySpan<byte>> take)
    {
        var taken = 0;
        while (bytes.Length - taken >= HeaderSize && BinaryPrimitives.ReadInt32LittleEndian(bytes[taken..]) is var length && bytes.Length - taken >= HeaderSize + length)
        {
            take(BinaryPrimitives.ReadInt32LittleEndian(bytes[(taken + 4)..]), bytes.Slice(taken + HeaderSize, length));
            taken += HeaderSize + length;
        }

        return taken;
    }

    public void Write<T>(int call, T message)
    {
        lock (_gate)
        {
            var at = _filling.WrittenCount;
            _ = _filling.GetSpan(HeaderSize);
            _filling.Advance(HeaderSize);
            MemoryPackSerializer.Serialize(_filling, message);
            var header = MemoryMarshal.AsMemory(_filling.WrittenMemory).Span[at..];
            BinaryPrimitives.WriteInt32LittleEndian(header, header.Length - HeaderSize);
            BinaryPrimitives.WriteInt32LittleEndian(header[4..], call);
            if (_isWriting) return;
            _isWriting = true;
        }

        _ = FlushAsync();
    }

    private async Task FlushAsync()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_filling.WrittenCount == 0)
                {
                    _isWriting = false;
                    return;
                }

                (_filling, _writing) = (_writing, _filling);
            }

            await send(_writing.WrittenMemory);
            _writing.ResetWrittenCount();
        }
    }
}
