using MemoryPack;

namespace Flame.Benchmarks;

/// <summary>The small request of every contender.</summary>
[MemoryPackable]
public sealed partial record Request(int A, int B, string Text);

/// <summary>The small response of every contender.</summary>
[MemoryPackable]
public sealed partial record Response(int Sum, string Text);

internal static class Echo
{
    public static Response Answer(Request request) => new(request.A + request.B, request.Text);

    /// <summary>Runs on the executor of pool "local", over a Unix socket.</summary>
    [Flame(Pool = "local")]
    public static Task<Response> LocalAsync(Request request) => Task.FromResult(Answer(request));

    /// <summary>A large payload there and back.</summary>
    [Flame(Pool = "local")]
    public static Task<byte[]> BytesAsync(byte[] bytes) => Task.FromResult(bytes);
}
