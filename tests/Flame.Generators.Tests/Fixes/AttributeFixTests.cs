using Flame.CodeFixes;
using static Flame.Generators.Tests.Fixes.FixTest;

namespace Flame.Generators.Tests.Fixes;

public sealed class AttributeFixTests
{
    [Theory]
    [InlineData("90", "00:01:30")]
    [InlineData("90", "01:30:00")]
    [InlineData("5000", "00:00:05")]
    [InlineData("90s", "00:01:30")]
    [InlineData("1.5 min", "00:01:30")]
    [InlineData("2h", "02:00:00")]
    [InlineData("500ms", "00:00:00.5000000")]
    [InlineData("1d", "1.00:00:00")]
    [InlineData("00:90:00", "01:30:00")]
    [InlineData("24:00:00", "1.00:00:00")]
    public Task A_timeout_becomes_the_time_that_it_plainly_means(string text, string time) => FixesAsync(
        new TimeoutFix(), $"Write \"{time}\"",
        $"public static class V {{ [Flame(Timeout = \"{text}\", Pool = \"gpu\")] public static Task M() => Task.CompletedTask; }}",
        $"public static class V {{ [Flame(Timeout = \"{time}\", Pool = \"gpu\")] public static Task M() => Task.CompletedTask; }}");

    [Theory]
    [InlineData("90s")]
    [InlineData("5000")]
    [InlineData("2m")]
    public async Task A_timeout_that_can_be_read_is_not_taken_away(string text)
    {
        Assert.All(await TitlesAsync(new TimeoutFix(), Timeout(text)), title => Assert.StartsWith("Write ", title));
    }

    [Fact]
    public async Task Minutes_are_offered_for_a_bare_number_up_to_a_day()
    {
        Assert.Equal(["Write \"00:24:00\"", "Write \"1.00:00:00\"", "Write \"00:00:01.4400000\""], await TitlesAsync(new TimeoutFix(), Timeout("1440")));
        Assert.Equal(["Write \"00:24:01\"", "Write \"00:00:01.4410000\""], await TitlesAsync(new TimeoutFix(), Timeout("1441")));
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0s")]
    [InlineData("-5")]
    [InlineData("00:00:00")]
    [InlineData("-00:00:05")]
    [InlineData("999999999d")]
    public Task A_timeout_that_means_no_time_is_left_to_the_pool(string text) => FixesAsync(
        new TimeoutFix(), "Leave the limit to the pool", Timeout(text), "public static class V { [Flame] public static Task M() => Task.CompletedTask; }");

    [Fact]
    public Task A_timeout_goes_without_the_other_arguments() => FixesAsync(
        new TimeoutFix(), "Leave the limit to the pool",
        "public static class V { [Flame(Pool = \"gpu\", Timeout = \"0\", Idempotent = true)] public static Task M() => Task.CompletedTask; }",
        "public static class V { [Flame(Pool = \"gpu\", Idempotent = true)] public static Task M() => Task.CompletedTask; }");

    [Fact]
    public Task A_constant_that_others_may_use_stays_as_it_is() => FixesAsync(
        new TimeoutFix(), "Write \"00:01:30\"",
        "public static class V { const string Long = \"90s\"; [Flame(Timeout = Long)] public static Task M() => Task.CompletedTask; }",
        "public static class V { const string Long = \"90s\"; [Flame(Timeout = \"00:01:30\")] public static Task M() => Task.CompletedTask; }");

    [Fact]
    public Task The_second_of_two_equal_names_becomes_that_of_its_own_method() => FixesAsync(
        new MethodNameFix(), "Name it 'V.N'",
        "public static class V { [Flame(Name = \"x\")] public static Task M() => Task.CompletedTask; [Flame(Name = \"x\")] public static Task N() => Task.CompletedTask; }",
        "public static class V { [Flame(Name = \"x\")] public static Task M() => Task.CompletedTask; [Flame(Name = \"V.N\")] public static Task N() => Task.CompletedTask; }");

    [Fact]
    public Task The_second_of_two_equal_names_can_be_dropped() => FixesAsync(
        new MethodNameFix(), "Leave its id to its signature",
        "public static class V { [Flame(Name = \"x\")] public static Task M() => Task.CompletedTask; [Flame(Name = \"x\")] public static Task N() => Task.CompletedTask; }",
        "public static class V { [Flame(Name = \"x\")] public static Task M() => Task.CompletedTask; [Flame] public static Task N() => Task.CompletedTask; }");

    [Fact]
    public Task A_signature_that_is_the_name_of_another_method_gets_a_name() => FixesAsync(
        new MethodNameFix(), "Name it 'V.M'",
        "public static class V { [Flame] public static Task M() => Task.CompletedTask; [Flame(Name = \"V.M():System.Threading.Tasks.Task\")] public static Task A() => Task.CompletedTask; }",
        "public static class V { [Flame(Name = \"V.M\")] public static Task M() => Task.CompletedTask; [Flame(Name = \"V.M():System.Threading.Tasks.Task\")] public static Task A() => Task.CompletedTask; }");

    [Fact]
    public async Task A_name_that_another_method_has_is_not_offered()
    {
        Assert.Equal(["Leave its id to its signature"], await TitlesAsync(
            new MethodNameFix(),
            "public static class V { [Flame(Name = \"V.M\")] public static Task M(int a) => Task.CompletedTask; [Flame(Name = \"V.M\")] public static Task M(string a) => Task.CompletedTask; }"));
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("default")]
    public Task An_undeclared_pool_becomes_one_of_those_that_are_declared(string declared) => FixesAsync(
        new PoolNameFix(), $"Use the pool '{declared}'",
        "public static class V { [Flame(Pool = \"cpy\")] public static Task M() => Task.CompletedTask; public static void S(FlameBuilder f) => f.AddPool(\"cpu\"); }",
        $"public static class V {{ [Flame(Pool = \"{declared}\")] public static Task M() => Task.CompletedTask; public static void S(FlameBuilder f) => f.AddPool(\"cpu\"); }}");

    private static string Timeout(string text) => $"public static class V {{ [Flame(Timeout = \"{text}\")] public static Task M() => Task.CompletedTask; }}";
}
