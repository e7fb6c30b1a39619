using System.ComponentModel;
using Flame.Live;
using MemoryPack;

namespace Flame.CompilerServices;

/// <summary>
/// A live object among the arguments of a call. At the caller it holds the object; what crosses is what the other side
/// has to know of it, and there its place is taken by an object that speaks to this one over the link.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct LiveArgument
{
    private LiveArgument(Func<LentArguments, ChannelWire, LentChannel>? lend, LiveTraits traits, long length = 0)
    {
        Lend = lend;
        Traits = traits;
        Length = length;
    }

    /// <summary>Opens the caller's end of the channel; <see langword="null"/> at the executor, and where there is no object.</summary>
    internal Func<LentArguments, ChannelWire, LentChannel>? Lend { get; }

    internal LiveTraits Traits { get; }

    /// <summary>How long the stream is, if it knows.</summary>
    internal long Length { get; }

    /// <summary>Somebody who is told how far the method is.</summary>
    /// <typeparam name="T">The report.</typeparam>
    /// <typeparam name="TCodec">Its codec.</typeparam>
    /// <param name="name">The name of the parameter or variable, for messages.</param>
    /// <param name="progress">The object; may be none.</param>
    /// <returns>The argument.</returns>
    public static LiveArgument Progress<T, TCodec>(string name, IProgress<T>? progress) where TCodec : struct, IPayloadCodec<T> =>
        progress is null ? default : new((lent, wire) => new LentProgress<T, TCodec>(name, progress, lent, wire), LiveTraits.Exists);

    /// <summary>Items that the method takes as it wants them.</summary>
    /// <typeparam name="T">The item.</typeparam>
    /// <typeparam name="TCodec">Its codec.</typeparam>
    /// <param name="name">The name of the parameter or variable, for messages.</param>
    /// <param name="items">The object; may be none.</param>
    /// <returns>The argument.</returns>
    public static LiveArgument Items<T, TCodec>(string name, IAsyncEnumerable<T>? items) where TCodec : struct, IPayloadCodec<T> =>
        items is null ? default : new((lent, wire) => new LentItems<T, TCodec>(name, items, lent, wire), LiveTraits.Exists);

    /// <summary>A stream that the method reads or writes.</summary>
    /// <param name="name">The name of the parameter or variable, for messages.</param>
    /// <param name="stream">The object; may be none.</param>
    /// <returns>The argument.</returns>
    public static LiveArgument Stream(string name, Stream? stream)
    {
        if (stream is null) return default;
        var traits = LiveTraits.Exists;
        if (stream.CanRead) traits |= LiveTraits.CanRead;
        if (stream.CanWrite) traits |= LiveTraits.CanWrite;
        if (stream is { CanRead: true, CanSeek: true }) traits |= LiveTraits.HasLength;
        return new((lent, wire) => new LentStream(stream, lent, wire), traits, (traits & LiveTraits.HasLength) == 0 ? 0 : stream.Length);
    }

    /// <summary>Writes what the other side has to know.</summary>
    /// <param name="writer">The writer over the frame's buffer.</param>
    public void Write(ref MemoryPackWriter<PayloadBuffer> writer)
    {
        writer.WriteUnmanaged((byte)Traits);
        if ((Traits & LiveTraits.HasLength) != 0) writer.WriteUnmanaged(Length);
    }

    /// <summary>Reads it.</summary>
    /// <param name="reader">The reader over the received bytes.</param>
    /// <returns>The argument without its object.</returns>
    public static LiveArgument Read(ref MemoryPackReader reader)
    {
        var traits = (LiveTraits)reader.ReadUnmanaged<byte>();
        return new(null, traits, (traits & LiveTraits.HasLength) == 0 ? 0 : reader.ReadUnmanaged<long>());
    }
}
