using System.Buffers;
using Grpc.Core;

namespace Flame.Grpc;

/// <summary>One gRPC message of a link: the bytes of one write, with nothing around them.</summary>
internal sealed class LinkMessage
{
    /// <summary>The most that one message carries. A larger write is cut, so that the reader need not hold all of it at once.</summary>
    public const int MaxSize = 1024 * 1024;

    private static readonly Marshaller<LinkMessage> s_marshaller = new(Serialize, Deserialize);

    // Written by hand: a .proto would wrap the bytes in a message of its own, and copy them once more.
    public static readonly Method<LinkMessage, LinkMessage> Method = new(MethodType.DuplexStreaming, "flame.Link", "Connect", s_marshaller, s_marshaller);

    private byte[]? _rented;

    public ReadOnlyMemory<byte> Bytes { get; set; }

    /// <summary>Gives the memory back. Nobody may look at <see cref="Bytes"/> afterwards.</summary>
    public void Return()
    {
        Bytes = default;
        if (_rented is not { } rented) return;
        _rented = null;
        ArrayPool<byte>.Shared.Return(rented);
    }

    private static void Serialize(LinkMessage message, SerializationContext context)
    {
        // With the length known beforehand, gRPC writes where the bytes go on the wire instead of collecting them first.
        context.SetPayloadLength(message.Bytes.Length);
        context.GetBufferWriter().Write(message.Bytes.Span);
        context.Complete();
    }

    private static LinkMessage Deserialize(DeserializationContext context)
    {
        // gRPC takes its memory back as soon as this returns.
        var length = context.PayloadLength;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        context.PayloadAsReadOnlySequence().CopyTo(rented);
        return new LinkMessage { _rented = rented, Bytes = rented.AsMemory(0, length) };
    }
}
