using MemoryPack;

namespace Flame.Benchmarks;

/// <summary>The small request of every contender.</summary>
[MemoryPackable, GenerateSerializer, Alias("bench.Request")]
public sealed partial record Request(int A, int B, string Text);

/// <summary>The small response of every contender.</summary>
[MemoryPackable, GenerateSerializer, Alias("bench.Response")]
public sealed partial record Response(int Sum, string Text);

internal static class Echo
{
    public static Response Answer(Request request) => new(request.A + request.B, request.Text);

    /// <summary>Runs on the executor of pool "socket", whose link is a Unix socket.</summary>
    [Flame(Pool = "socket")]
    public static Task<Response> OverSocketAsync(Request request) => Task.FromResult(Answer(request));

    /// <summary>Runs on the executor of pool "grpc", whose link is a connection under TLS.</summary>
    [Flame(Pool = "grpc")]
    public static Task<Response> OverGrpcAsync(Request request) => Task.FromResult(Answer(request));

    /// <summary>Runs on the executor of pool "http2", whose link is one gRPC stream under TLS.</summary>
    [Flame(Pool = "http2")]
    public static Task<Response> OverHttp2Async(Request request) => Task.FromResult(Answer(request));

    [Flame(Pool = "socket")]
    public static Task<byte[]> BytesOverSocketAsync(byte[] bytes) => Task.FromResult(bytes);

    [Flame(Pool = "grpc")]
    public static Task<byte[]> BytesOverGrpcAsync(byte[] bytes) => Task.FromResult(bytes);

    [Flame(Pool = "socket")]
    public static Task<int> SocketProcessAsync() => Task.FromResult(Environment.ProcessId);

    [Flame(Pool = "grpc")]
    public static Task<int> GrpcProcessAsync() => Task.FromResult(Environment.ProcessId);

    [Flame(Pool = "http2")]
    public static Task<int> Http2ProcessAsync() => Task.FromResult(Environment.ProcessId);
}
