namespace Flame.Generators.Tests;

/// <summary>What the mark of a method says of its calls holds too where a block is that call and nothing else.</summary>
public sealed class BlockMarkTests
{
    private const string Marked = """Idempotent = true, Timeout = new global::System.TimeSpan(600000000L)""";

    [Theory]
    [InlineData("flame.MapAsync(\"p\", names, V.CutAsync)")]
    [InlineData("flame.MapAsync(\"p\", names, (name, ct) => V.CutAsync(name, ct))")]
    [InlineData("flame.MapAsync(\"p\", names, async (name, ct) => await V.CutAsync(name, ct))")]
    [InlineData("flame.MapAsync(\"p\", names, (name, ct) => { return V.CutAsync(name, ct); })")]
    [InlineData("flame.MapAsync(\"p\", names, (name, ct) => V.CutLongAsync(name, length, this.Ends.Length, 2, ct: ct))")]
    [InlineData("flame.CallAsync(\"p\", ct => V.CutAsync(\"a\", ct))")]
    public void A_block_that_only_calls_a_marked_method_is_marked_as_it_is(string call) => Assert.Contains(Marked, Row(call), StringComparison.Ordinal);

    [Theory]
    [InlineData("flame.MapAsync(\"p\", names, (name, ct) => V.CutAsync(Next(name), ct))")]
    [InlineData("flame.MapAsync(\"p\", names, (name, ct) => V.CutAsync(name + length++, ct))")]
    [InlineData("flame.MapAsync(\"p\", names, async (name, ct) => await V.CutAsync(name, ct) + 1)")]
    [InlineData("flame.MapAsync(\"p\", names, async (name, ct) => { Next(name); return await V.CutAsync(name, ct); })")]
    [InlineData("flame.MapAsync(\"p\", names, (name, ct) => V.PlainAsync(name, ct))")]
    public void A_block_that_does_anything_else_is_not_run_again(string call) => Assert.DoesNotContain("Idempotent", Row(call), StringComparison.Ordinal);

    private static string Row(string call)
    {
        var text = GeneratorRun.Of($$"""
            public class V
            {
                public string Ends { get; set; } = "";
                public object Use(FlamePools flame, List<string> names, int length) => {{call}};
                public static string Next(string name) => name;
                [Flame(Idempotent = true, Timeout = "00:01:00")] public static Task<int> CutAsync(string name, CancellationToken ct) => Task.FromResult(1);
                [Flame(Idempotent = true, Timeout = "00:01:00")] public static Task<int> CutLongAsync(string name, int from, long to, int every, int offset = 0, CancellationToken ct = default) => Task.FromResult(1);
                [Flame] public static Task<int> PlainAsync(string name, CancellationToken ct) => Task.FromResult(1);
            }
            """).Text();
        var lines = text.Split('\n');
        return lines[Array.FindIndex(lines, line => line.Contains("\"the block at ", StringComparison.Ordinal) || (line.Contains("\"V.CutAsync\", \"p\"", StringComparison.Ordinal)))];
    }
}
