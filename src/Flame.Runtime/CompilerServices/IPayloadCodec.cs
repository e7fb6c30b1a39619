using System.ComponentModel;
using MemoryPack;

namespace Flame.CompilerServices;

/// <summary>Writes and reads one value, or one tuple of arguments, in MemoryPack's format. Implemented by generated code.</summary>
/// <typeparam name="T">The value.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IPayloadCodec<T>
{
    /// <summary>Writes the value straight into the buffer of the frame.</summary>
    /// <param name="writer">The writer over the frame's buffer.</param>
    /// <param name="value">The value.</param>
    static abstract void Write(ref MemoryPackWriter<PayloadBuffer> writer, in T value);

    /// <summary>Reads the value from the received bytes.</summary>
    /// <param name="reader">The reader over the received bytes.</param>
    /// <returns>The value.</returns>
    static abstract T Read(ref MemoryPackReader reader);

    /// <summary>The live objects inside the value, in the order of their channels. Most values have none.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The objects; <see langword="null"/> when there are none.</returns>
    static virtual LiveArgument[]? Lent(in T value) => null;
}
