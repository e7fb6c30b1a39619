using System.ComponentModel;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MemoryPack;

namespace Flame.CompilerServices;

/// <summary>
/// Reads of lengths that are believed only as far as there are bytes for them. MemoryPack multiplies and adds such a
/// length without looking: eight bytes of an executor then read beyond the payload, and end the parent's process.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class CheckedReads
{
    private const int Null = -1;

    /// <summary>Reads a string.</summary>
    /// <param name="reader">The reader over the received bytes.</param>
    /// <returns>The string; may be <see langword="null"/>.</returns>
    /// <exception cref="InvalidDataException">There are not as many bytes as its length says.</exception>
    public static string? ReadString(ref MemoryPackReader reader)
    {
        var length = Unsafe.ReadUnaligned<int>(ref reader.GetSpanReference(sizeof(int)));
        if (length >= 0)
        {
            Check(reader.Remaining - sizeof(int), length, sizeof(char));
        }
        else if (length != Null)
        {
            // The bytes of UTF-8 as their complement, then the number of characters, of which none is made of less than one byte.
            var bytes = ~length;
            Check(reader.Remaining - (2 * sizeof(int)), bytes, 1);
            var characters = Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref reader.GetSpanReference(2 * sizeof(int)), sizeof(int)));
            if (characters > bytes) throw TooLong(characters, bytes);
        }

        return reader.ReadString();
    }

    /// <summary>Reads an array of values that are their bytes.</summary>
    /// <typeparam name="T">The value.</typeparam>
    /// <param name="reader">The reader over the received bytes.</param>
    /// <returns>The array; may be <see langword="null"/>.</returns>
    /// <exception cref="InvalidDataException">There are not as many bytes as its length says.</exception>
    public static T[]? ReadArray<T>(ref MemoryPackReader reader) where T : unmanaged
    {
        var length = Unsafe.ReadUnaligned<int>(ref reader.GetSpanReference(sizeof(int)));
        if (length == LentArrays.Mark) return ReadBlob<T>(ref reader);
        if (length != Null) Check(reader.Remaining - sizeof(int), length, Unsafe.SizeOf<T>());
        return reader.ReadUnmanagedArray<T>();
    }

    /// <summary>Reads how many items follow.</summary>
    /// <param name="reader">The reader over the received bytes.</param>
    /// <param name="least">The bytes that an item has at least.</param>
    /// <param name="length">The number.</param>
    /// <returns>Whether there is a collection.</returns>
    /// <exception cref="InvalidDataException">There are not as many bytes as that.</exception>
    public static bool TryReadLength(ref MemoryPackReader reader, int least, out int length)
    {
        length = reader.ReadUnmanaged<int>();
        if (length == Null) return false;
        Check(reader.Remaining, length, least);
        return true;
    }

    /// <summary>Reads an array of several dimensions.</summary>
    /// <typeparam name="T">The array.</typeparam>
    /// <param name="reader">The reader over the received bytes.</param>
    /// <param name="rank">How many dimensions it has.</param>
    /// <param name="least">The bytes that an item has at least.</param>
    /// <returns>The array; may be <see langword="null"/>.</returns>
    /// <exception cref="InvalidDataException">There are not as many bytes as its sizes say.</exception>
    public static T? ReadGrid<T>(ref MemoryPackReader reader, int rank, int least) where T : class
    {
        if (reader.PeekIsNull()) return reader.ReadValue<T>();

        // The number of fields, the sizes, and the number of items, which MemoryPack takes from both.
        var size = 1 + ((rank + 1) * sizeof(int));
        ref var sizes = ref Unsafe.Add(ref reader.GetSpanReference(size), 1);
        var length = Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref sizes, rank * sizeof(int)));
        Check(reader.Remaining - size, length, least);
        var items = 1L;
        for (var i = 0; i < rank; i++)
        {
            var along = Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref sizes, i * sizeof(int)));
            if (along < 0 || (items *= along) > length) throw TooLong(along, length);
        }

        return items == length ? reader.ReadValue<T>() : throw TooLong(length, items);
    }

    /// <summary>Has MemoryPack read texts the same way inside the collections that it reads itself.</summary>
    public static void GuardFormatters()
    {
        MemoryPackFormatterProvider.Register(new CheckedText<string>(static text => text, static text => text));
        MemoryPackFormatterProvider.Register(new CheckedText<Uri>(static uri => uri.OriginalString, static text => new Uri(text, UriKind.RelativeOrAbsolute)));
        MemoryPackFormatterProvider.Register(new CheckedText<CultureInfo>(static culture => culture.Name, CultureInfo.GetCultureInfo));
        MemoryPackFormatterProvider.Register(new CheckedText<TimeZoneInfo>(static zone => zone.ToSerializedString(), TimeZoneInfo.FromSerializedString));
    }

    private static T[] ReadBlob<T>(ref MemoryPackReader reader) where T : unmanaged
    {
        reader.Advance(sizeof(int));
        var bytes = ArrivedBlobs.Take() ?? throw new InvalidDataException("an array was announced that did not come");
        if (bytes is T[] array && typeof(T) == typeof(byte)) return array;
        if (bytes.Length % Unsafe.SizeOf<T>() != 0) throw new InvalidDataException($"an array of {bytes.Length} bytes came for values of {Unsafe.SizeOf<T>()}");
        var values = GC.AllocateUninitializedArray<T>(bytes.Length / Unsafe.SizeOf<T>());
        bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static void Check(long remaining, long length, int size)
    {
        if (length < 0 || length * size > remaining) throw TooLong(length, remaining);
    }

    private static InvalidDataException TooLong(long length, long remaining) => new($"a length of {length} was announced where {Math.Max(remaining, 0)} bytes are left");
}
