using System.Reflection;

namespace Flame.Generators.Tests;

/// <summary>The generated code, compiled and run: arguments to bytes, the invoker, the result to bytes and back.</summary>
public sealed class RoundTripTests
{
    private static readonly (string Type, string Value)[] Shapes =
    [
        ("bool", "true"), ("byte", "200"), ("sbyte", "-3"), ("short", "-300"), ("ushort", "300"), ("int", "-42"), ("uint", "42"),
        ("long", "long.MinValue"), ("ulong", "ulong.MaxValue"), ("char", "'ß'"), ("float", "1.5f"), ("double", "-2.25"), ("decimal", "12.50m"),
        ("string", "\"grüße\""), ("string", "\"\""), ("string?", "null"), ("string", "new string('x', 5000)"),
        ("Guid", "Guid.Parse(\"6f9619ff-8b86-d011-b42d-00cf4fc964ff\")"), ("DateTime", "new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc)"),
        ("DateTimeOffset", "new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2))"), ("TimeSpan", "TimeSpan.FromMinutes(1.5)"),
        ("DateOnly", "new DateOnly(2026, 1, 2)"), ("TimeOnly", "new TimeOnly(3, 4)"), ("Half", "(Half)1.5"), ("Int128", "Int128.MaxValue"),
        ("Color", "Color.Green"), ("Color?", "Color.Green"), ("Color?", "null"), ("int?", "5"), ("int?", "null"), ("Guid?", "Guid.Empty"),
        ("Point", "new Point { X = 1, Y = 2.5 }"), ("Point?", "new Point { X = 1 }"), ("(int, int)", "(1, 2)"), ("(int A, string B)", "(1, \"b\")"),
        ("(int, string?, Model)?", "(1, null, new Model { Name = \"m\" })"), ("(int, string?)?", "null"),
        ("(int, int, string, int, int, int, int, string, int)", "(1, 2, \"3\", 4, 5, 6, 7, \"8\", 9)"),
        ("byte[]", "new byte[] { 1, 2, 3 }"), ("byte[]?", "null"), ("int[]", "new int[100_000]"), ("Color[]", "new[] { Color.Red, Color.Green }"),
        ("string?[]", "new[] { \"a\", null, \"c\" }"), ("int[][]", "new[] { new[] { 1 }, new int[0], new[] { 2, 3 } }"), ("int?[]", "new int?[] { 1, null }"),
        ("int[,]", "new int[2, 2] { { 1, 2 }, { 3, 4 } }"), ("Model", "new Model { Name = \"a\", Next = new Model { Name = \"b\" } }"), ("Model?", "null"),
        ("Pair", "new Pair(1, \"two\", new List<int> { 3 })"), ("Model[]", "new[] { new Model { Name = \"x\" } }"), ("Shape", "new Circle { Radius = 2 }"), ("Shape?", "null"),
        ("IShape", "new Square { Side = 3 }"), ("Box<Model>", "new Box<Model> { Value = new Model { Name = \"boxed\" } }"), ("Box<List<Color>>", "new Box<List<Color>> { Value = new List<Color> { Color.Green } }"),
        ("List<int>", "new List<int> { 1, 2 }"), ("List<string?>", "new List<string?> { \"a\", null }"), ("List<string>?", "null"), ("List<Shape>", "new List<Shape> { new Circle { Radius = 1 } }"),
        ("Dictionary<string, int>", "new Dictionary<string, int> { [\"a\"] = 1 }"), ("Dictionary<int, List<Model?>>", "new Dictionary<int, List<Model?>> { [1] = new List<Model?> { null, new Model() } }"),
        ("HashSet<Color>", "new HashSet<Color> { Color.Green }"), ("Queue<Model>", "new Queue<Model>(new[] { new Model { Name = \"q\" } })"), ("IReadOnlyList<string>", "new[] { \"a\", \"b\" }"),
        ("IEnumerable<Model>", "new List<Model> { new Model { Name = \"e\" } }"), ("IDictionary<string, Color?>", "new Dictionary<string, Color?> { [\"a\"] = Color.Green, [\"b\"] = null }"),
        ("System.Collections.Immutable.ImmutableArray<string>", "System.Collections.Immutable.ImmutableArray.Create(\"a\")"),
        ("System.Collections.Frozen.FrozenSet<int>", "System.Collections.Frozen.FrozenSet.ToFrozenSet(new[] { 1 })"),
        ("KeyValuePair<string, int>", "new KeyValuePair<string, int>(\"a\", 1)"), ("Tuple<int, string>", "Tuple.Create(1, \"a\")"),
        ("ReadOnlyMemory<byte>", "new byte[] { 1, 2 }"), ("Uri", "new Uri(\"http://example.org/a\")"), ("Version", "new Version(1, 2, 3)"),
        ("System.Numerics.BigInteger", "System.Numerics.BigInteger.Pow(3, 90)"), ("Dictionary<string, System.Numerics.BigInteger?>", "new Dictionary<string, System.Numerics.BigInteger?> { [\"a\"] = 7, [\"b\"] = null }"), ("List<(Color, string?[])>", "new List<(Color, string?[])> { (Color.Green, new[] { \"a\", null }) }"),
        ("HashSet<(int, string)>", "new HashSet<(int, string)> { (1, \"a\") }"), ("IReadOnlyList<int?>", "new int?[] { 1, null }"),
    ];

    private static string Fixture(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Snapshots", name));

    [Fact]
    public void Every_supported_shape_comes_back_as_it_was_sent()
    {
        var methods = Shapes.Select((s, i) => $"    [Flame] public static Task<{s.Type}> Echo{i}({s.Type} value) => Task.FromResult(value);");
        var calls = Shapes.Select((s, i) => $$"""
                    await Check("{{s.Type}}", ({{s.Type}}){{s.Value}}, async v => await Loop.Call<{{C(i)}}.Arguments, {{C(i)}}.Arguments, {{s.Type}}, {{C(i)}}.Result>({{C(i)}}.Row, new {{C(i)}}.Arguments(v)));
            """);
        var source = Fixture("RoundTrip.types.txt").Replace("//METHODS", string.Join('\n', methods)).Replace("//CALLS", string.Join('\n', calls));

        var problems = Run(source, "RoundTrip.Driver");
        Assert.True(problems.Length == 0, string.Join('\n', problems));

        static string C(int i) => $"global::Flame.Generated.RoundTrip_Echoes_Methods.Echo{i}Call";
    }

    [Fact]
    public void Defaults_params_tokens_services_and_streams_arrive()
    {
        Assert.Empty(Run(Fixture("RoundTrip.types.txt").Replace("//METHODS", """
                [Flame]
                public static Task<string> Mixed(int a, CancellationToken ct, [FromServices] IFormatProvider provider, string b = "b", params int[] rest) =>
                    Task.FromResult($"{a} {ct.CanBeCanceled} {provider is not null} {b} {rest.Length}");

                [Flame]
                public static async IAsyncEnumerable<int> Count(int to, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct = default)
                {
                    await Task.Yield();
                    for (var i = 0; i < to; i++) yield return i;
                }
            """).Replace("//CALLS", """
                    await Check("mixed", "1 True True b 2", async _ => await Loop.Call<global::Flame.Generated.RoundTrip_Echoes_Methods.MixedCall.Arguments, global::Flame.Generated.RoundTrip_Echoes_Methods.MixedCall.Arguments, string, global::Flame.Generated.RoundTrip_Echoes_Methods.MixedCall.Result>(global::Flame.Generated.RoundTrip_Echoes_Methods.MixedCall.Row, new(1, "b", new[] { 2, 3 })));
                    await Check("stream", new List<int> { 0, 1, 2 }, async _ => await Loop.Stream<global::Flame.Generated.RoundTrip_Echoes_Methods.CountCall.Arguments, global::Flame.Generated.RoundTrip_Echoes_Methods.CountCall.Arguments, int>(global::Flame.Generated.RoundTrip_Echoes_Methods.CountCall.Row, new(3)));
            """), "RoundTrip.Driver"));
    }

    [Fact]
    public void Plain_shapes_never_touch_the_formatter_registry()
    {
        var source = """
            namespace App;
            public enum Color { Red }
            [MemoryPackable] public partial class Model { public int A { get; set; } }
            public static class Plain
            {
                [Flame]
                public static Task<Dictionary<string, List<Model>>> Run(
                    int a, string b, Color c, byte[] d, string[] e, int? f, Guid g, (int, string) h, List<string> i, Dictionary<int, Model[]> j, Model? k) =>
                    Task.FromResult(new Dictionary<string, List<Model>>());
            }
            """;

        var text = GeneratorRun.Clean(source).Text();

        Assert.DoesNotContain("MemoryPackFormatterProvider", text);
        Assert.DoesNotContain("WriteValue<", text);
    }

    private static string[] Run(string source, string driver)
    {
        var run = GeneratorRun.Clean(source, "RoundTrip" + Guid.NewGuid().ToString("N"));
        var assembly = Assembly.Load(run.Emit(out _));
        return ((Task<string[]>)assembly.GetType(driver)!.GetMethod("Run")!.Invoke(null, null)!).GetAwaiter().GetResult();
    }
}
