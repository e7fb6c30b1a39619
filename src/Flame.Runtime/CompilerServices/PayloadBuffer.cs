using System.Buffers;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using Flame.Wire;

namespace Flame.CompilerServices;

/// <summary>The growing, pooled buffer that a payload is written into. Not thread-safe.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PayloadBuffer : IBufferWriter<byte>
{
    // A payload up to this size stays in the buffer's own array; a larger one goes back to the shared pool after use.
    private const int KeptSize = 64 * 1024;
    private const int InitialSize = 512;

    // A call writes its payload and is done with it on one thread, mostly: one buffer each is what is ever needed.
    [ThreadStatic] private static PayloadBuffer? t_spare;

    private byte[] _bytes = new byte[InitialSize];
    private int _length;
    private bool _rented;
    private int _limit = int.MaxValue;
    private bool _lends;
    private long _lentBytes;
    private List<ReadOnlyMemory<byte>>? _blobs;

    // Where the codec that writes now may put arrays: MemoryPack's writer does not give its buffer out.
    [ThreadStatic] private static PayloadBuffer? t_written;

    internal PayloadBuffer()
    {
    }

    /// <summary>The bytes of the payload, with its blobs.</summary>
    internal int Length => _length + (int)_lentBytes;

    /// <summary>Arrays that are sent from where they are, behind the other bytes.</summary>
    internal IReadOnlyList<ReadOnlyMemory<byte>> Blobs => _blobs ?? (IReadOnlyList<ReadOnlyMemory<byte>>)[];

    /// <summary>The bytes of the payload, without its blobs.</summary>
    internal ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _length);

    internal ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    internal static PayloadBuffer Rent()
    {
        var buffer = t_spare ?? new PayloadBuffer();
        t_spare = null;
        return buffer;
    }

    /// <summary>Gives it back; nobody may use it afterwards.</summary>
    internal void Return()
    {
        Reset(int.MaxValue);
        t_spare = this;
    }

    /// <inheritdoc />
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _length);
        _length += count;
        CheckLimit();
    }

    /// <inheritdoc />
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsMemory(_length);
    }

    /// <inheritdoc />
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsSpan(_length);
    }

    /// <summary>Begins to be written by a codec on this thread.</summary>
    /// <returns>What was written before, to be given to <see cref="EndWriting"/>.</returns>
    internal PayloadBuffer? BeginWriting(bool lends)
    {
        var outer = t_written;
        _lends = lends;
        t_written = this;
        return outer;
    }

    internal static void EndWriting(PayloadBuffer? outer) => t_written = outer;

    /// <summary>Takes the array as a blob of the payload that is written on this thread, if it is large and the payload's owner can wait until it is sent.</summary>
    internal static bool TryLend<T>(T[] array) where T : unmanaged
    {
        if (t_written is not { _lends: true } buffer || (long)array.Length * Unsafe.SizeOf<T>() < BlobTable.LeastBytes) return false;
        var bytes = array is byte[] plain ? plain.AsMemory() : new ArrayBytes<T>(array).Memory;
        (buffer._blobs ??= []).Add(bytes);
        buffer._lentBytes += bytes.Length;
        buffer.CheckLimit();
        return true;
    }

    internal void Reset(int limit)
    {
        // A link may hold the list until it has sent it.
        if (_blobs is not null) (_blobs, _lentBytes) = (null, 0);
        if (_rented)
        {
            PayloadBytes.Return(_bytes);
            _bytes = new byte[InitialSize];
            _rented = false;
        }

        _length = 0;
        _limit = limit;
    }

    private void CheckLimit()
    {
        var size = _length + _lentBytes;
        if (size > _limit) throw new PayloadTooLargeSignal(size);
    }

    private void Ensure(int sizeHint)
    {
        var needed = _length + (long)Math.Max(sizeHint, 1);
        if (needed <= _bytes.Length) return;
        if (needed > Array.MaxLength) throw new PayloadTooLargeSignal(needed);

        var size = (int)Math.Min(Math.Max(needed, _bytes.Length * 2L), Array.MaxLength);
        var grown = size > KeptSize ? PayloadBytes.Rent(size) : new byte[size];
        _bytes.AsSpan(0, _length).CopyTo(grown);
        if (_rented) PayloadBytes.Return(_bytes);
        _bytes = grown;
        _rented = size > KeptSize;
    }
}

/// <summary>Leaves the serializer when a payload passes its limit; never seen outside <see cref="Payloads"/>.</summary>
internal sealed class PayloadTooLargeSignal(long size) : Exception
{
    public long Size { get; } = size;
}
