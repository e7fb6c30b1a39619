using System.Buffers.Binary;

namespace Flame.Fuzz;

/// <summary>Makes inputs of others, as fuzzers do: bits, bytes, numbers that often matter, pieces left out, doubled, and joined.</summary>
internal sealed class Mutator(Random random)
{
    private const int MaxLength = 96 * 1024;

    private static readonly int[] s_numbers =
    [
        0, 1, -1, -2, -3, 2, 3, 4, 7, 8, 9, 16, 31, 32, 63, 64, 65, 127, 128, 255, 256, 4095, 4096, 32_767, 32_768, 65_535, 65_536, 262_144, 262_145,
        int.MaxValue, int.MinValue, int.MinValue + 1, int.MinValue + 4, 0x40000000, 0x20000000, 0x10000000,
    ];

    /// <summary>Copies the input to the buffer and changes it a few times.</summary>
    /// <returns>The new length.</returns>
    public int Mutate(byte[] input, byte[] other, ref byte[] buffer)
    {
        if (buffer.Length < MaxLength) buffer = new byte[MaxLength];
        var length = Math.Min(input.Length, MaxLength);
        input.AsSpan(0, length).CopyTo(buffer);
        for (var changes = 1 << random.Next(5); changes > 0; changes--) length = Change(buffer, length, other);
        return length;
    }

    private int Change(byte[] buffer, int length, byte[] other)
    {
        if (length == 0) return Insert(buffer, 0, 0, 1 + random.Next(16));
        var at = random.Next(length);
        switch (random.Next(10))
        {
            case 0:
                buffer[at] ^= (byte)(1 << random.Next(8));
                return length;
            case 1:
                buffer[at] = (byte)random.Next(256);
                return length;
            case 2:
                buffer[at] += (byte)(random.Next(35) - 17);
                return length;
            case 3 or 4:
                return WriteNumber(buffer, length, at);
            case 5:
                var gone = Math.Min(1 + random.Next(random.Next(2) == 0 ? 4 : 64), length - at);
                buffer.AsSpan(at + gone, length - at - gone).CopyTo(buffer.AsSpan(at));
                return length - gone;
            case 6:
                return Insert(buffer, length, at, 1 + random.Next(random.Next(8) == 0 ? 4096 : 16));
            case 7:
                return Double(buffer, length, at);
            case 8:
                return random.Next(4) == 0 ? at : length;
            default:
                return Join(buffer, length, at, other);
        }
    }

    private int WriteNumber(byte[] buffer, int length, int at)
    {
        var number = s_numbers[random.Next(s_numbers.Length)];
        if (random.Next(4) == 0) number = length - random.Next(32);
        if (at + 4 <= length) BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(at), number);
        else buffer[at] = (byte)number;
        return length;
    }

    private int Insert(byte[] buffer, int length, int at, int count)
    {
        count = Math.Min(count, buffer.Length - length);
        buffer.AsSpan(at, length - at).CopyTo(buffer.AsSpan(at + count));
        if (random.Next(2) == 0) buffer.AsSpan(at, count).Fill((byte)random.Next(256));
        else random.NextBytes(buffer.AsSpan(at, count));
        return length + count;
    }

    private int Double(byte[] buffer, int length, int at)
    {
        var count = Math.Min(Math.Min(1 + random.Next(64), length - at), buffer.Length - length);
        buffer.AsSpan(at, length - at).CopyTo(buffer.AsSpan(at + count));
        return length + count;
    }

    private int Join(byte[] buffer, int length, int at, byte[] other)
    {
        if (other.Length == 0) return length;
        var from = random.Next(other.Length);
        var count = Math.Min(1 + random.Next(other.Length - from), buffer.Length - at);
        other.AsSpan(from, count).CopyTo(buffer.AsSpan(at));
        return Math.Max(length, at + count);
    }
}
