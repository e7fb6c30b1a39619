using MemoryPack;

namespace Flame.CompilerServices;

/// <summary>The one seam to MemoryPack: values to bytes and back, with limits and our own errors.</summary>
internal static class Payloads
{
    /// <summary>Writes into the buffer of a call; on failure the buffer is empty again.</summary>
    /// <exception cref="PayloadException">The value cannot be written, or passes the limit.</exception>
    /// <param name="buffer">Where to.</param>
    /// <param name="value">What.</param>
    /// <param name="limit">The most bytes.</param>
    /// <param name="method">For messages.</param>
    /// <param name="what">For messages.</param>
    /// <param name="lends">Whether large arrays may be sent from where they are.</param>
    public static void WriteInto<T, TCodec>(PayloadBuffer buffer, in T value, int limit, string method, string what = "arguments", bool lends = false)
        where TCodec : struct, IPayloadCodec<T>
    {
        buffer.Reset(limit);
        var outer = buffer.BeginWriting(lends);
        try
        {
            using var state = MemoryPackWriterOptionalStatePool.Rent(MemoryPackSerializerOptions.Default);
            var writer = new MemoryPackWriter<PayloadBuffer>(ref buffer, state);
            TCodec.Write(ref writer, value);
            writer.Flush();
        }
        catch (Exception e)
        {
            buffer.Reset(limit);
            throw e is PayloadTooLargeSignal signal
                ? FlameErrors.PayloadTooLarge(method, what, signal.Size, limit)
                : FlameErrors.PayloadNotWritten(method, what, e);
        }
        finally
        {
            PayloadBuffer.EndWriting(outer);
        }
    }

    /// <summary>Reads what came with blobs, or without.</summary>
    public static T Read<T, TCodec>(ReadOnlySpan<byte> bytes, byte[][]? blobs, string what) where TCodec : struct, IPayloadCodec<T>
    {
        if (blobs is null) return Read<T, TCodec>(bytes, what);
        var outer = ArrivedBlobs.Begin(blobs);
        try
        {
            return Read<T, TCodec>(bytes, what);
        }
        finally
        {
            ArrivedBlobs.End(outer);
        }
    }

    public static T Read<T, TCodec>(ReadOnlySpan<byte> bytes, string what) where TCodec : struct, IPayloadCodec<T>
    {
        using var state = MemoryPackReaderOptionalStatePool.Rent(MemoryPackSerializerOptions.Default);
        var reader = new MemoryPackReader(bytes, state);
        try
        {
            return TCodec.Read(ref reader);
        }
        catch (Exception e)
        {
            throw FlameErrors.PayloadNotRead(what, bytes.Length, e);
        }
        finally
        {
            reader.Dispose();
        }
    }
}

/// <summary>The codec of nothing: a method without parameters, or without a result.</summary>
internal readonly struct NoPayload : IPayloadCodec<NoPayload>
{
    public static void Write(ref MemoryPackWriter<PayloadBuffer> writer, in NoPayload value)
    {
    }

    public static NoPayload Read(ref MemoryPackReader reader) => default;
}
