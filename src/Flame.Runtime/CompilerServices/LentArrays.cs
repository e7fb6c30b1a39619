using System.ComponentModel;
using MemoryPack;

namespace Flame.CompilerServices;

/// <summary>Writes arrays of values that are their bytes: a large one is sent from where it is, where its caller waits for that.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class LentArrays
{
    /// <summary>What stands in place of an array that comes behind the other bytes. MemoryPack knows lengths from -1 on.</summary>
    internal const int Mark = -2;

    /// <summary>Writes an array, or that it comes later.</summary>
    /// <typeparam name="T">The value.</typeparam>
    /// <param name="writer">The writer over the frame's buffer.</param>
    /// <param name="array">The array; may be <see langword="null"/>. Until the call ends it must not change.</param>
    public static void Write<T>(ref MemoryPackWriter<PayloadBuffer> writer, T[]? array) where T : unmanaged
    {
        if (array is not null && PayloadBuffer.TryLend(array)) writer.WriteUnmanaged(Mark);
        else writer.WriteUnmanagedArray(array);
    }
}
