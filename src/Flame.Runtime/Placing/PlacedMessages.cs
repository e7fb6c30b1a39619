using Flame.CompilerServices;
using MemoryPack;

namespace Flame.Placing;

/// <summary>What a handle asks of its object: a call, or without arguments, to stop one. An item of the live argument of the placing call.</summary>
internal readonly record struct PlacedRequest(long Call, ulong Method, byte[]? Arguments, byte[]? Trace = null) : IPayloadCodec<PlacedRequest>
{
    public static void Write(ref MemoryPackWriter<PayloadBuffer> writer, in PlacedRequest value)
    {
        writer.WriteUnmanaged(value.Call, value.Method);
        writer.WriteUnmanagedArray(value.Arguments);
        writer.WriteUnmanagedArray(value.Trace);
    }

    public static PlacedRequest Read(ref MemoryPackReader reader)
    {
        reader.ReadUnmanaged(out long call, out ulong method);
        return new PlacedRequest(call, method, CheckedReads.ReadArray<byte>(ref reader), CheckedReads.ReadArray<byte>(ref reader));
    }
}

/// <summary>What an object answers: a result or a failure; of call 0, that it is placed. An item of the placing call.</summary>
internal readonly record struct PlacedReply(long Call, bool Failed, byte[]? Body) : IPayloadCodec<PlacedReply>
{
    public static void Write(ref MemoryPackWriter<PayloadBuffer> writer, in PlacedReply value)
    {
        writer.WriteUnmanaged(value.Call, value.Failed);
        writer.WriteUnmanagedArray(value.Body);
    }

    public static PlacedReply Read(ref MemoryPackReader reader)
    {
        reader.ReadUnmanaged(out long call, out bool failed);
        return new PlacedReply(call, failed, CheckedReads.ReadArray<byte>(ref reader));
    }
}
