using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Numerics;

namespace Flame.EndToEnd.Tests.Calls;

/// <summary>What may be an argument arrives as it was sent, and comes back.</summary>
public sealed class EchoTests(SocketPools carrier) : IClassFixture<SocketPools>
{
    private static readonly Person Ada = new(
        "Ada", new DateOnly(1815, 12, 10), new Address("St James's Square", null, new Uri("https://example.org/ada?a=ü")),
        [new Person("Charles", new DateOnly(1791, 12, 26), null, [], [])], new() { ["bank"] = 12.50m });

    [Fact]
    public async Task Numbers_of_every_size()
    {
        using var _ = carrier.Pools.Use();
        Assert.Equal(
            (true, (byte)200, (sbyte)-3, (short)-300, (ushort)60_000, int.MinValue, uint.MaxValue, long.MinValue, ulong.MaxValue),
            await Echo.Whole(true, 200, -3, -300, 60_000, int.MinValue, uint.MaxValue, long.MinValue, ulong.MaxValue));
        Assert.Equal(
            ('ß', 1.5f, double.NaN, (Half)0.25, 12.50m, Int128.MaxValue, -BigInteger.Pow(3, 200)),
            await Echo.Numbers('ß', 1.5f, double.NaN, (Half)0.25, 12.50m, Int128.MaxValue, -BigInteger.Pow(3, 200)));
    }

    [Fact]
    public async Task Times_keep_their_kind_and_offset()
    {
        using var _ = carrier.Pools.Use();
        var utc = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        var sent = (utc, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(5.5)), TimeSpan.FromTicks(-1), new DateOnly(2026, 2, 28), new TimeOnly(23, 59), Guid.NewGuid());
        var got = await Echo.Times(sent.utc, sent.Item2, sent.Item3, sent.Item4, sent.Item5, sent.Item6);
        Assert.Equal(sent, got);
        Assert.Equal(DateTimeKind.Utc, got.Item1.Kind);
        Assert.Equal(TimeSpan.FromHours(5.5), got.Item2.Offset);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("grüße \U0001F525 \0", "")]
    public async Task Texts_and_their_absence(string a, string? b)
    {
        using var _ = carrier.Pools.Use();
        var page = new Uri("relative/path?q=1", UriKind.RelativeOrAbsolute);
        Assert.Equal((a, b, page, null, new Version(1, 2, 3)), await Echo.Texts(a, b, page, null, new Version(1, 2, 3)));
    }

    [Fact]
    public async Task Enums_structs_and_nullables()
    {
        using var _ = carrier.Pools.Use();
        Assert.Equal(
            (Color.Green, Rights.All, Color.Red, (Color?)null, new Point(1, -2.5), (Point?)null),
            await Echo.Enums(Color.Green, Rights.All, Color.Red, null, new Point(1, -2.5), null));
        Assert.Equal(
            ((int?)5, (int?)null, (Guid?)Guid.Empty, (bool?)null, (decimal?)1.0m, ((int, string)?)(1, "a")),
            await Echo.Nullables(5, null, Guid.Empty, null, 1.0m, (1, "a")));
    }

    [Fact]
    public async Task Defaults_params_overloads_extensions_and_services()
    {
        using var _ = carrier.Pools.Use();
        Assert.Equal("-1 b null Green 1.5 00000000-0000-0000-0000-000000000000 null -9223372036854775808", await Echo.Defaults());
        Assert.Equal("7 c x Red 1.5 00000000-0000-0000-0000-000000000000 3 -9223372036854775808", await Echo.Defaults(7, "c", d: Color.Red, c: "x", g: 3));
        Assert.Empty(await Echo.Params("none"));
        Assert.Equal((int[])[1, 2, 3], await Echo.Params("three", 1, 2, 3));
        Assert.Equal("1 True c True", await Echo.Mixed(1, null!, "c", TestContext.Current.CancellationToken));
        Assert.Equal("int 1", (await Assert.ThrowsAsync<AppException>(() => Echo.Overloaded(1))).Message);
        Assert.Equal("string 1", (await Assert.ThrowsAsync<AppException>(() => Echo.Overloaded("1"))).Message);
        Assert.Equal("ababab", await "ab".Extend(3));
    }

    [Fact]
    public async Task Tuples_and_records_all_the_way_down()
    {
        using var _ = carrier.Pools.Use();
        var tuple = await Echo.Tuples((1, ("a", new Point(1, 2)), Ada));
        Assert.Equal((1, ("a", new Point(1, 2))), (tuple.Count, tuple.Nested));
        Assert.Equivalent(Ada, tuple.Who, strict: true);
        Assert.Null((await Echo.Tuples(default)).Who);
        Assert.Equivalent(Ada, await Echo.Records(Ada), strict: true);
    }

    [Fact]
    public async Task Arrays()
    {
        using var _ = carrier.Pools.Use();
        int[] many = [.. Enumerable.Range(0, 100_000)];
        var (a, b, c, d, e, f) = await Echo.Arrays(many, ["a", null, ""], [[1], [], [2, 3]], new[,] { { 1, 2 }, { 3, 4 } }, [Ada], null);
        Assert.Equal(many, a);
        Assert.Equal(["a", null, ""], b);
        Assert.Equal([[1], [], [2, 3]], c);
        Assert.Equal(new[,] { { 1, 2 }, { 3, 4 } }, d);
        Assert.Equivalent(Ada, Assert.Single(e), strict: true);
        Assert.Null(f);
    }

    [Fact]
    public async Task Collections_and_their_interfaces()
    {
        using var _ = carrier.Pools.Use();
        var (a, b, c, d) = await Echo.Collections([1, 2], [null, Ada], new() { ["x"] = [new Point(1, 1)] }, [Color.Green]);
        Assert.Equal([1, 2], a);
        Assert.Null(b[0]);
        Assert.Equal("Ada", b[1]!.Name);
        Assert.Equal([new Point(1, 1)], c["x"]);
        Assert.Equal([Color.Green], d);

        var (e, f, g, h, i, j) = await Echo.Interfaces(
            ["a", "b"], Enumerable.Range(0, 3).Where(n => n > 0), new Dictionary<string, int> { ["a"] = 1 }, [new Point(1, 2)], new HashSet<string> { "c" }, new HashSet<int> { 4 });
        Assert.Equal(["a", "b"], e);
        Assert.Equal([1, 2], f);
        Assert.Equal(1, g["a"]);
        Assert.Equal([new Point(1, 2)], h);
        Assert.Equal(["c"], i);
        Assert.Contains(4, j);
    }

    [Fact]
    public async Task Immutables_and_memory()
    {
        using var _ = carrier.Pools.Use();
        var (a, b, c, d, e) = await Echo.Immutables(
            ["a"], [1, 2], new[] { 3 }.ToFrozenSet(), new Dictionary<string, int> { ["k"] = 4 }.ToFrozenDictionary(), new("kv", 5));
        Assert.Equal(["a"], a);
        Assert.Equal([1, 2], b);
        Assert.Equal([3], c);
        Assert.Equal(4, d["k"]);
        Assert.Equal(new("kv", 5), e);

        byte[] bytes = [1, 2, 3, 4];
        var (f, g, h) = await Echo.Memories(bytes, bytes.AsMemory(1), new ArraySegment<byte>(bytes, 1, 2));
        Assert.Equal(bytes, f.ToArray());
        Assert.Equal([2, 3, 4], g.ToArray());
        Assert.Equal([2, 3], h.ToArray());
    }

    [Fact]
    public async Task Generic_types_and_unions()
    {
        using var _ = carrier.Pools.Use();
        var (a, b, c) = await Echo.Generics(new() { Value = Ada }, new() { Value = [Color.Green] }, null);
        Assert.Equivalent(Ada, a.Value, strict: true);
        Assert.Equal([Color.Green], b.Value);
        Assert.Null(c);
        var (one, more) = await Echo.Unions(new Circle(2), [new Square(3), new Circle(4)]);
        Assert.Equal(new Circle(2), one);
        Assert.Equal([new Square(3), new Circle(4)], more);
    }
}
