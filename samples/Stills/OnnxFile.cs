using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Stills;

/// <summary>Writes the few messages of ONNX that a small model needs; the numbers are those of the fields in <c>onnx.proto</c>.</summary>
internal static class OnnxFile
{
    private const int Version = 10;
    private const int Operators = 17;
    private const int Float = 1;

    /// <summary>A model of one input, one output, and nodes without attributes. An axis of 0 may have any length.</summary>
    public static byte[] Model(
        string name,
        (string Name, long[] Shape) input,
        (string Name, long[] Shape) output,
        (string Name, long[] Shape, float[] Values)[] weights,
        (string Operator, string[] From, string To)[] nodes)
    {
        var graph = new Message().Text(2, name).Inside(11, Value(input)).Inside(12, Value(output));
        foreach (var (@operator, from, to) in nodes)
        {
            var node = new Message().Text(2, to).Text(4, @operator);
            foreach (var value in from) node.Text(1, value);
            graph.Inside(1, node);
        }

        foreach (var (tensor, shape, values) in weights)
        {
            var message = new Message().Number(2, Float).Text(8, tensor).Bytes(9, MemoryMarshal.AsBytes<float>(values));
            foreach (var length in shape) message.Number(1, length);
            graph.Inside(5, message);
        }

        return new Message().Number(1, Version).Text(2, "Flame's sample").Inside(7, graph).Inside(8, new Message().Number(2, Operators)).ToArray();
    }

    private static Message Value((string Name, long[] Shape) value)
    {
        var shape = new Message();
        foreach (var length in value.Shape) shape.Inside(1, length == 0 ? new Message().Text(2, "any") : new Message().Number(1, length));
        return new Message().Text(1, value.Name).Inside(2, new Message().Inside(1, new Message().Number(1, Float).Inside(2, shape)));
    }

    private sealed class Message
    {
        private readonly List<byte> _bytes = [];

        public Message Number(int field, long value) => Write(field, WireFormat.WireType.Varint, output => output.WriteInt64(value));

        public Message Text(int field, string value) => Write(field, WireFormat.WireType.LengthDelimited, output => output.WriteString(value));

        public Message Bytes(int field, ReadOnlySpan<byte> value)
        {
            var bytes = ByteString.CopyFrom(value);
            return Write(field, WireFormat.WireType.LengthDelimited, output => output.WriteBytes(bytes));
        }

        public Message Inside(int field, Message value) => Bytes(field, value.ToArray());

        public byte[] ToArray() => [.. _bytes];

        private Message Write(int field, WireFormat.WireType type, Action<CodedOutputStream> write)
        {
            using var bytes = new MemoryStream();
            using (var output = new CodedOutputStream(bytes, leaveOpen: true))
            {
                output.WriteTag(field, type);
                write(output);
            }

            _bytes.AddRange(bytes.ToArray());
            return this;
        }
    }
}
