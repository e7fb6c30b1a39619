using MemoryPack;

namespace Flame.CompilerServices;

/// <summary>The one seam to MemoryPack: values to bytes and back, with limits and our own errors.</summary>
internal static class Payloads
{
    [ThreadStatic] private static PayloadBuffer? t_buffer;

    /// <summary>Takes this thread's buffer; nested use (a formatter that calls Flame) gets one of its own.</summary>
    public static PayloadBuffer Rent(int limit)
    {
        var buffer = t_buffer ?? new PayloadBuffer();
        t_buffer = null;
        buffer.Reset(limit);
        return buffer;
    }

    public static void Return(PayloadBuffer buffer)
    {
        buffer.Reset(int.MaxValue);
        t_buffer = buffer;
    }

    /// <summary>Writes into a rented buffer, which the caller returns.</summary>
    public static PayloadBuffer Write<T, TCodec>(in T value, int limit, string method, string what)
        where TCodec : struct, IPayloadCodec<T>
    {
        var buffer = Rent(limit);
        try
        {
            using var state = MemoryPackWriterOptionalStatePool.Rent(MemoryPackSerializerOptions.Default);
            var writer = new MemoryPackWriter<PayloadBuffer>(ref buffer, state);
            TCodec.Write(ref writer, value);
            writer.Flush();
            return buffer;
        }
        catch (Exception e)
        {
            Return(buffer);
            throw e is PayloadTooLargeSignal signal
                ? FlameErrors.PayloadTooLarge(method, what, signal.Size, limit)
                : FlameErrors.PayloadNotWritten(method, what, e);
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
        catch (Exception e) when (e is not OutOfMemoryException)
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
