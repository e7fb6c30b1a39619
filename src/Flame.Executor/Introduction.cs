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
        var body = hello.Encode();
        var frames = new byte[FrameHeader.Size + body.Length + (readyAtOnce ? FrameHeader.Size : 0)];
        new FrameHeader(body.Length, FrameKind.Hello, FrameFlags.None, 0).Write(frames);
        body.CopyTo(frames.AsSpan(FrameHeader.Size));
        if (readyAtOnce) new FrameHeader(0, FrameKind.Hello, FrameFlags.Reply, 0).Write(frames.AsSpan(FrameHeader.Size + body.Length));
        return frames;
    }
}
