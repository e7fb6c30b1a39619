using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Numerics;
using MemoryPack;

namespace Flame.EndToEnd.Tests.Calls;

public enum Color
{
    Red,
    Green = -7,
}

[Flags]
public enum Rights : ulong
{
    None,
    All = ulong.MaxValue,
}

public record struct Point(int X, double Y);

[MemoryPackable]
public partial record Address(string Street, string? City, Uri? Page);

[MemoryPackable]
public partial record Person(string Name, DateOnly Born, Address? Home, List<Person> Friends, Dictionary<string, decimal> Accounts);

[MemoryPackable]
public partial class Box<T>
{
    public T? Value { get; set; }
}

[MemoryPackable]
[MemoryPackUnion(0, typeof(Circle))]
[MemoryPackUnion(1, typeof(Square))]
public partial interface IShape;

[MemoryPackable]
public partial record Circle(double Radius) : IShape;

[MemoryPackable]
public partial record Square(double Side) : IShape;

internal static class Echo
{
    [Flame(Pool = "main")]
    public static Task<(bool, byte, sbyte, short, ushort, int, uint, long, ulong)> Whole(
        bool a, byte b, sbyte c, short d, ushort e, int f, uint g, long h, ulong i) => Task.FromResult((a, b, c, d, e, f, g, h, i));

    [Flame(Pool = "main")]
    public static ValueTask<(char, float, double, Half, decimal, Int128, BigInteger)> Numbers(
        char a, float b, double c, Half d, decimal e, Int128 f, BigInteger g) => new((a, b, c, d, e, f, g));

    [Flame(Pool = "main")]
    public static Task<(DateTime, DateTimeOffset, TimeSpan, DateOnly, TimeOnly, Guid)> Times(
        DateTime a, DateTimeOffset b, TimeSpan c, DateOnly d, TimeOnly e, Guid f) => Task.FromResult((a, b, c, d, e, f));

    [Flame(Pool = "main")]
    public static Task<(string, string?, Uri, Uri?, Version)> Texts(string a, string? b, Uri c, Uri? d, Version e) => Task.FromResult((a, b, c, d, e));

    [Flame(Pool = "main")]
    public static Task<(Color, Rights, Color?, Color?, Point, Point?)> Enums(Color a, Rights b, Color? c, Color? d, Point e, Point? f) =>
        Task.FromResult((a, b, c, d, e, f));

    [Flame(Pool = "main")]
    public static Task<(int?, int?, Guid?, bool?, decimal?, (int, string)?)> Nullables(int? a, int? b, Guid? c, bool? d, decimal? e, (int, string)? f) =>
        Task.FromResult((a, b, c, d, e, f));

    [Flame(Pool = "main")]
    public static Task<string> Defaults(int a = -1, string b = "b", string? c = null, Color d = Color.Green, double e = 1.5, Guid f = default, int? g = null, long h = long.MinValue) =>
        Task.FromResult(FormattableString.Invariant($"{a} {b} {c ?? "null"} {d} {e} {f} {g?.ToString() ?? "null"} {h}"));

    [Flame(Pool = "main")]
    public static Task<int[]> Params(string first, params int[] rest) => Task.FromResult(rest);

    [Flame(Pool = "main")]
    public static Task<(int Count, (string Name, Point Place) Nested, Person? Who)> Tuples((int Count, (string Name, Point Place) Nested, Person? Who) value) =>
        Task.FromResult(value);

    [Flame(Pool = "main")]
    public static Task<(int[], string?[], int[][], int[,], Person[], byte[]?)> Arrays(int[] a, string?[] b, int[][] c, int[,] d, Person[] e, byte[]? f) =>
        Task.FromResult((a, b, c, d, e, f));

    [Flame(Pool = "main")]
    public static Task<(List<int>, List<Person?>, Dictionary<string, List<Point>>, HashSet<Color>)> Collections(
        List<int> a, List<Person?> b, Dictionary<string, List<Point>> c, HashSet<Color> d) => Task.FromResult((a, b, c, d));

    [Flame(Pool = "main")]
    public static Task<(IReadOnlyList<string>, IEnumerable<int>, IReadOnlyDictionary<string, int>, IList<Point>, ICollection<string>, IReadOnlySet<int>)> Interfaces(
        IReadOnlyList<string> a, IEnumerable<int> b, IReadOnlyDictionary<string, int> c, IList<Point> d, ICollection<string> e, IReadOnlySet<int> f) =>
        Task.FromResult((a, b, c, d, e, f));

    [Flame(Pool = "main")]
    public static Task<(ImmutableArray<string>, ImmutableList<int>, FrozenSet<int>, FrozenDictionary<string, int>, KeyValuePair<string, int>)> Immutables(
        ImmutableArray<string> a, ImmutableList<int> b, FrozenSet<int> c, FrozenDictionary<string, int> d, KeyValuePair<string, int> e) =>
        Task.FromResult((a, b, c, d, e));

    [Flame(Pool = "main")]
    public static Task<(Memory<byte>, ReadOnlyMemory<byte>, ArraySegment<byte>)> Memories(Memory<byte> a, ReadOnlyMemory<byte> b, ArraySegment<byte> c) =>
        Task.FromResult((a, b, c));

    [Flame(Pool = "main")]
    public static Task<Person> Records(Person person) => Task.FromResult(person);

    [Flame(Pool = "main")]
    public static Task<(Box<Person>, Box<List<Color>>, Box<int>?)> Generics(Box<Person> a, Box<List<Color>> b, Box<int>? c) => Task.FromResult((a, b, c));

    [Flame(Pool = "main")]
    public static Task<(IShape, List<IShape>)> Unions(IShape a, List<IShape> b) => Task.FromResult((a, b));

    [Flame(Pool = "main")]
    public static Task<string> Mixed(int a, [FromServices] Shop shop, string b = "b", CancellationToken ct = default) =>
        Task.FromResult($"{a} {shop is not null} {b} {ct.CanBeCanceled}");

    [Flame(Pool = "main")]
    public static Task Overloaded(int value) => throw new AppException($"int {value}");

    [Flame(Pool = "main")]
    public static Task Overloaded(string value) => throw new AppException($"string {value}");

    [Flame(Pool = "main", Name = "echo.extended")]
    public static Task<string> Extend(this string text, int times) => Task.FromResult(string.Concat(Enumerable.Repeat(text, times)));

    [Flame(Pool = "main")]
    public static Task<byte[]> Bytes(byte[] data) => Task.FromResult(data);

    [Flame(Pool = "main")]
    public static Task<int> Length(byte[] data) => Task.FromResult(data.Length);

    [Flame(Pool = "main")]
    public static async Task Cancellable(byte[] data, CancellationToken ct)
    {
        _ = data;
        await Task.Delay(Timeout.InfiniteTimeSpan, ct);
    }

    /// <summary>Opens the gate with its last breath.</summary>
    [Flame(Pool = "main")]
    public static Task<byte[]> Blob(int size, string gate)
    {
        Work.Open(gate);
        return Task.FromResult(new byte[size]);
    }
}
