using System.IO.Compression;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Flame.Benchmarks;

/// <summary>Stands for what a model costs: it is loaded once for each call, and used once for each item.</summary>
internal static class Model
{
    private const int Width = 256;
    private static readonly byte[] Packed = Pack();

    /// <summary>Unpacks a matrix of 256 KiB, and multiplies it by a vector for each request.</summary>
    [Flame(Pool = "batch"), FlameBatch(Max = 32, Wait = "00:00:00.001")]
    public static Task<Response[]> ScoreAsync(Request[] requests)
    {
        var matrix = MemoryMarshal.Cast<byte, float>(Unpack());
        var responses = new Response[requests.Length];
        Span<float> vector = stackalloc float[Width];
        for (var i = 0; i < requests.Length; i++)
        {
            vector.Fill(requests[i].A);
            var sum = 0f;
            for (var row = 0; row < Width; row++) sum += Dot(matrix.Slice(row * Width, Width), vector);

            responses[i] = Echo.Answer(requests[i]) with { Text = sum > 0 ? requests[i].Text : "" };
        }

        return Task.FromResult(responses);
    }

    [Flame(Pool = "batch")]
    public static Task<int> ProcessAsync() => Task.FromResult(Environment.ProcessId);

    private static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var lefts = MemoryMarshal.Cast<float, Vector<float>>(left);
        var rights = MemoryMarshal.Cast<float, Vector<float>>(right);
        var sums = Vector<float>.Zero;
        for (var i = 0; i < lefts.Length; i++) sums += lefts[i] * rights[i];
        return Vector.Sum(sums);
    }

    private static byte[] Unpack()
    {
        using var packed = new DeflateStream(new MemoryStream(Packed), CompressionMode.Decompress);
        var bytes = new byte[Width * Width * sizeof(float)];
        packed.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] Pack()
    {
        var random = new Random(1);
        var weights = new float[Width * Width];
        for (var i = 0; i < weights.Length; i++) weights[i] = random.Next(1, 64);
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal)) deflate.Write(MemoryMarshal.AsBytes(weights.AsSpan()));
        return packed.ToArray();
    }
}
