using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Flame.Wire;

/// <summary>Builds the body of a rare frame: handshake, failure, log. The frequent ones are written in place.</summary>
internal sealed class BodyWriter
{
    // Texts are cut so that a frame of several of them always stays under FrameHeader.MaxBody.
    private const int MaxText = 48 * 1024;

    private readonly ArrayBufferWriter<byte> _bytes = new(256);

    public ReadOnlySpan<byte> Span => _bytes.WrittenSpan;

    public BodyWriter Byte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
        return this;
    }

    public BodyWriter Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.GetSpan(4), value);
        _bytes.Advance(4);
        return this;
    }

    public BodyWriter Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(8), value);
        _bytes.Advance(8);
        return this;
    }

    public BodyWriter Text(string? value)
    {
        var text = value.AsSpan();
        if (text.Length > MaxText / 3) text = text[..(MaxText / 3)];
        var count = Encoding.UTF8.GetByteCount(text);
        Int32(count);
        Encoding.UTF8.GetBytes(text, _bytes.GetSpan(Math.Max(count, 1)));
        _bytes.Advance(count);
        return this;
    }
}
