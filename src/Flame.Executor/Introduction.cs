using Flame.Wire;

namespace Flame.Executor;

/// <summary>The handshake from the executor's side: one write, one answer.</summary>
internal static class Introduction
{
    public static async Task<ParentHello> ExchangeAsync(
        Stream stream, FrameReader reader, ExecutorHello hello, bool readyAtOnce, CancellationToken ct)
    {
        await stream.WriteAsync(Frames(hello, readyAtOnce), ct).ConfigureAwait(false);
        return await reader.ReadHelloAsync(ParentHello.Decode, ct).ConfigureAwait(false);
    }

    private static byte[] Frames(ExecutorHello hello, bool readyAtOnce)
    {
        var frame = Handshake.Frame(hello.Encode());
        return readyAtOnce ? [.. frame, .. Handshake.Frame([], FrameFlags.Reply)] : frame;
    }
}
