using System.Buffers;
using System.ComponentModel;
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

    internal PayloadBuffer()
    {
    }

    internal int Length => _length;

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
        if (_length > _limit) throw new PayloadTooLargeSignal(_length);
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

    internal void Reset(int limit)
    {
        if (_rented)
        {
            PayloadBytes.Return(_bytes);
            _bytes = new byte[InitialSize];
            _rented = false;
        }

        _length = 0;
        _limit = limit;
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
