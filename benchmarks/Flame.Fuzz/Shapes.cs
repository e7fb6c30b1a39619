using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flame.Fuzz;

internal enum Colour
{
    Red,
    Green,
}

internal readonly record struct Wide(Vector4 A, Vector4 B);

internal readonly record struct Point(int X, double Y);

/// <summary>One method for each family of values, for the codecs that Flame's generator makes of them.</summary>
internal static class Shapes
{
    [Flame]
    public static Task<string?> Text(string? value) => Task.FromResult(value);

    [Flame]
    public static Task<byte[]?> Bytes(byte[]? value) => Task.FromResult(value);

    [Flame]
    public static Task<Wide[]?> Wides(Wide[]? value) => Task.FromResult(value);

    [Flame]
    public static Task<string?[]?> Texts(string?[]? value) => Task.FromResult(value);

    [Flame]
    public static Task<List<Wide>?> List(List<Wide>? value) => Task.FromResult(value);

    [Flame]
    public static Task<Dictionary<string, List<int>>?> Map(Dictionary<string, List<int>>? value) => Task.FromResult(value);

    [Flame]
    public static Task<(int, string?, Colour, (long, bool)?)> Tuple((int, string?, Colour, (long, bool)?) value) => Task.FromResult(value);

    [Flame]
    public static Task<Point?> Record(Point? value) => Task.FromResult(value);

    [Flame]
    public static Task<(DateTime, DateTimeOffset, TimeSpan, Guid, decimal)> Times((DateTime, DateTimeOffset, TimeSpan, Guid, decimal) value) => Task.FromResult(value);

    [Flame]
    public static Task<BigInteger> Number(BigInteger value) => Task.FromResult(value);

    [Flame]
    public static Task<int[,]?> Grid(int[,]? value) => Task.FromResult(value);

    [Flame]
    public static Task<string[,,]?> Cube(string[,,]? value) => Task.FromResult(value);

    [Flame]
    public static Task<HashSet<string>?> Set(HashSet<string>? value) => Task.FromResult(value);

    [Flame]
    public static Task<IReadOnlyList<string>?> Lines(IReadOnlyList<string>? value) => Task.FromResult(value);

    [Flame]
    public static Task<Uri?> Address(Uri? value) => Task.FromResult(value);

    [Flame]
    public static Task Live(IProgress<int>? progress, IAsyncEnumerable<string>? items, Stream? stream, CancellationToken ct) => Task.CompletedTask;

    [Flame]
    public static async IAsyncEnumerable<string> Stream([EnumeratorCancellation] CancellationToken ct)
    {
        await Task.Yield();
        yield break;
    }
}
