using System.Text;

namespace Flame.Diagnostics.Tests;

/// <summary>A span as opentelemetry/proto/trace/v1/trace.proto has it; the numbers are those of its fields.</summary>
internal sealed record OtlpSpan(string Trace, string Id, string Parent, string Name, int Kind, string? Executor)
{
    public static IEnumerable<OtlpSpan> ReadAll(byte[] request) =>
        from resourceSpans in Messages(request, 1)
        let executor = Messages(resourceSpans, 1).SelectMany(resource => Messages(resource, 1)).Where(pair => Text(pair, 1) == "flame.executor").Select(pair => Text(Messages(pair, 2).Single(), 1)).FirstOrDefault()
        from scopeSpans in Messages(resourceSpans, 2)
        from span in Messages(scopeSpans, 2)
        select new OtlpSpan(Hex(span, 1), Hex(span, 2), Hex(span, 4), Text(span, 5), (int)Fields(span).Single(field => field.Number == 6).Value, executor);

    /// <summary>The names of the metrics of a request of metrics.</summary>
    public static IEnumerable<string> MetricsOf(byte[] request) =>
        Messages(request, 1).SelectMany(resource => Messages(resource, 2)).SelectMany(scope => Messages(scope, 2)).Select(metric => Text(metric, 1));

    private static IEnumerable<byte[]> Messages(byte[] message, int number) => Fields(message).Where(field => field.Number == number && field.Bytes is not null).Select(field => field.Bytes!);

    private static string Text(byte[] message, int number) => Encoding.UTF8.GetString(Messages(message, number).FirstOrDefault() ?? []);

    private static string Hex(byte[] message, int number) => Convert.ToHexStringLower(Messages(message, number).FirstOrDefault() ?? []);

    private static List<(int Number, ulong Value, byte[]? Bytes)> Fields(byte[] message)
    {
        var fields = new List<(int, ulong, byte[]?)>();
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message, ref at);
            var number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    fields.Add((number, Varint(message, ref at), null));
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    fields.Add((number, 0, message[at..(at + length)]));
                    at += length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"wire type {tag & 7}");
            }
        }

        return fields;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
    }
}
