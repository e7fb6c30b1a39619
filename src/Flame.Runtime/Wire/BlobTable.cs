using System.Buffers.Binary;

namespace Flame.Wire;

/// <summary>What the first frame of a payload says of its blobs: how many there are, and how long each is.</summary>
internal static class BlobTable
{
    /// <summary>The bytes of an array that make it a blob: below it, a copy is cheaper than the handling.</summary>
    public const int LeastBytes = 64 * 1024;

    /// <summary>The bytes of the table; none where there are no blobs.</summary>
    public static int SizeOf(IReadOnlyList<ReadOnlyMemory<byte>> blobs) => blobs.Count == 0 ? 0 : (1 + blobs.Count) * sizeof(int);

    public static void Write(Span<byte> target, IReadOnlyList<ReadOnlyMemory<byte>> blobs)
    {
        if (blobs.Count == 0) return;
        BinaryPrimitives.WriteInt32LittleEndian(target, blobs.Count);
        for (var i = 0; i < blobs.Count; i++) BinaryPrimitives.WriteInt32LittleEndian(target[((i + 1) * sizeof(int))..], blobs[i].Length);
    }

    /// <summary>Reads the table behind the length of the payload.</summary>
    /// <param name="fields">The frame.</param>
    /// <param name="flags">Whether there is one.</param>
    /// <param name="total">The bytes of the whole payload.</param>
    /// <exception cref="WireException">It is none, or its blobs are longer than the payload.</exception>
    public static int[] Read(ref BodyReader fields, FrameFlags flags, int total)
    {
        if ((flags & FrameFlags.Blobs) == 0) return [];
        var count = fields.Int32();
        if (count <= 0 || count > fields.Rest.Length / sizeof(int)) throw new WireException($"{count} blobs were announced");
        var lengths = new int[count];
        var sum = 0L;
        for (var i = 0; i < count; i++)
        {
            lengths[i] = fields.Int32();
            if (lengths[i] < LeastBytes) throw new WireException($"a blob of {lengths[i]} bytes was announced");
            sum += lengths[i];
        }

        return sum <= total - fields.Rest.Length ? lengths : throw new WireException($"blobs of {sum} bytes were announced in a payload of {total}");
    }
}
