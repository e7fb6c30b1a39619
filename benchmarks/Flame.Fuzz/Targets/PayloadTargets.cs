using Flame.CompilerServices;
using Flame.Placing;

namespace Flame.Fuzz.Targets;

/// <summary>One family of values, read as results, items and arguments are.</summary>
internal sealed class CodecTarget<T, TCodec>(string name, params T[] values) : FuzzTarget where TCodec : struct, IPayloadCodec<T>
{
    public override string Name => $"payload: {name}";

    /// <summary>What its type makes of each byte by itself.</summary>
    public long ForEachByte { get; init; } = 64;

    public override (long Always, long ForEachByte) Allowance => (64 * 1024, ForEachByte);

    public override IReadOnlyList<byte[]> Seeds => [.. values.Select(Written)];

    public override void Run(ReadOnlySpan<byte> input)
    {
        try
        {
            Payloads.Read<T, TCodec>(input, "value");
        }
        catch (PayloadException)
        {
        }
    }

    private static byte[] Written(T value)
    {
        var buffer = new PayloadBuffer();
        Payloads.WriteInto<T, TCodec>(buffer, value, int.MaxValue, "App.Run");
        return buffer.Span.ToArray();
    }
}

internal readonly struct LiveCodec : IPayloadCodec<LiveArgument>
{
    public static void Write(ref MemoryPack.MemoryPackWriter<PayloadBuffer> writer, in LiveArgument value) => value.Write(ref writer);

    public static LiveArgument Read(ref MemoryPack.MemoryPackReader reader) => LiveArgument.Read(ref reader);
}

/// <summary>What stands between a handle and its placed object.</summary>
internal static class PlacedTargets
{
    public static FuzzTarget Requests => new CodecTarget<PlacedRequest, PlacedRequest>("placed requests", new(1, 2, [1, 2, 3]), new(7, 0, null));

    public static FuzzTarget Replies => new CodecTarget<PlacedReply, PlacedReply>("placed replies", new(1, false, [1, 2, 3]), new(0, true, null));
}
