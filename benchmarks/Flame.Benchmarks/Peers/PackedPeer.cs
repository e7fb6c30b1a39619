using System.Buffers;
using Grpc.Core;

namespace Flame.Benchmarks;

/// <summary>Several frames in one message; gRPC asks for a class.</summary>
internal sealed record Pack(ReadOnlyMemory<byte> Bytes);

/// <summary>What a hand-written protocol does where only gRPC passes: one bidirectional stream, each of whose messages takes along all calls that wait.</summary>
internal sealed class PackedPeer : IAsyncDisposable
{
    public const string Name = "packed gRPC stream, TCP with TLS 1.3";

    private readonly AsyncDuplexStreamingCall<Pack, Pack> _stream;
    private readonly FramedCalls _calls;
    private readonly Task _reading;

    public PackedPeer(AsyncDuplexStreamingCall<Pack, Pack> stream)
    {
        _stream = stream;
        _calls = new FramedCalls(bytes => new ValueTask(stream.RequestStream.WriteAsync(new Pack(bytes))));
        _reading = ReadAsync(stream.ResponseStream, _calls.Complete);
    }

    /// <summary>Served by the process that serves the unary calls, on the same port.</summary>
    public static Method<Pack, Pack> Packs { get; } = new(MethodType.DuplexStreaming, "bench.Echo", "Packs", Marshaller(), Marshaller());

    public static Task ServeAsync(IAsyncStreamReader<Pack> requests, IServerStreamWriter<Pack> responses) =>
        ReadAsync(requests, FramedCalls.Answers(new FrameBatches(bytes => new ValueTask(responses.WriteAsync(new Pack(bytes))))));

    public Task<Response> CallAsync(Request request) => _calls.CallAsync(request);

    public async ValueTask DisposeAsync()
    {
        await _stream.RequestStream.CompleteAsync();
        await _reading;
        _stream.Dispose();
    }

    private static async Task ReadAsync(IAsyncStreamReader<Pack> packs, Action<int, ReadOnlySpan<byte>> take)
    {
        while (await packs.MoveNext(CancellationToken.None)) FrameBatches.Take(packs.Current.Bytes.Span, take);
    }

    private static Marshaller<Pack> Marshaller() => new(
        static (pack, context) =>
        {
            context.SetPayloadLength(pack.Bytes.Length);
            context.GetBufferWriter().Write(pack.Bytes.Span);
            context.Complete();
        },
        static context => new Pack(context.PayloadAsNewBuffer()));
}
