using System.Buffers;

namespace Flame.Wire;

/// <summary>
/// The memory of payloads: pooled up to a size, and beyond it left to the garbage collector. The shared pool would keep
/// a large array for a minute and more after its use, one for each core and size, and a process would look as if it leaked.
/// </summary>
internal static class PayloadBytes
{
    /// <summary>The largest array that is pooled. A power of two, as the pool's arrays are: none of its own is larger than what was asked for needs.</summary>
    public const int MostPooled = 1024 * 1024;

    /// <summary>At least so many bytes, with anything in them.</summary>
    public static byte[] Rent(int size) => size <= MostPooled ? ArrayPool<byte>.Shared.Rent(size) : GC.AllocateUninitializedArray<byte>(size);

    /// <summary>Gives them back; once.</summary>
    public static void Return(byte[] bytes)
    {
        if (bytes.Length <= MostPooled) ArrayPool<byte>.Shared.Return(bytes);
    }
}
