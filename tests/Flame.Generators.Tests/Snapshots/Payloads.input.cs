using System.Collections.Immutable;

namespace MyApp;

public enum Color { Red, Green = -7 }

public struct Point { public int X; public double Y; }

[MemoryPackable]
public partial class Model { public string Name { get; set; } = ""; public Model? Next { get; set; } }

[MemoryPackable]
[MemoryPackUnion(0, typeof(Circle))]
public abstract partial class Shape;

[MemoryPackable]
public partial class Circle : Shape { public double Radius { get; set; } }

public static class Everything
{
    [Flame]
    public static Task Plain(int a, string b, string? c, Color d, Guid e, DateTime f, Point g, bool h, decimal i, DateTimeOffset j) => Task.CompletedTask;

    [Flame]
    public static Task Nullables(int? a, Color? b, Model? c, (int A, string B)? d, Point? e) => Task.CompletedTask;

    [Flame]
    public static Task<Dictionary<string, List<Model?>>> Nested(List<string> a, string?[] b, int[][] c, Dictionary<int, (string Name, Model Model)> d) =>
        Task.FromResult(new Dictionary<string, List<Model?>>());

    [Flame]
    public static Task<Shape?> Formatters(Shape shape, HashSet<Color> set, IReadOnlyList<List<Model>> list, ImmutableArray<string> immutable, Uri uri, int[,] grid) =>
        Task.FromResult<Shape?>(shape);

    [Flame]
    public static Task<Memory<byte>> Memory(ReadOnlyMemory<byte> data) => Task.FromResult(default(Memory<byte>));
}
