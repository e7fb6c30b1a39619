using Flame.CodeFixes;
using static Flame.Generators.Tests.Fixes.FixTest;

namespace Flame.Generators.Tests.Fixes;

public sealed class CodeFixTests
{
    [Fact]
    public Task A_sync_method_becomes_async() => FixesAsync(
        new ReturnTypeFix(), "Return a Task",
        "public static class V { [Flame] public static int M() { return 1; } }",
        "public static class V { [Flame] public static async Task<int> M() { return 1; } }");

    [Fact]
    public Task A_void_method_becomes_async() => FixesAsync(
        new ReturnTypeFix(), "Return a Task",
        "public static class V { [Flame] public static void M() { } }",
        "public static class V { [Flame] public static async Task M() { } }");

    [Fact]
    public Task A_hidden_method_and_its_types_become_internal() => FixesAsync(
        new VisibilityFix(), "Make it internal",
        "public static class O { private static class V { [Flame] private static Task M() => Task.CompletedTask; } }",
        "public static class O { internal static class V { [Flame] internal static Task M() => Task.CompletedTask; } }");

    [Fact]
    public Task A_method_group_becomes_remote() => FixesAsync(
        new MethodGroupFix(), "Run it on the pool",
        "public static class V { [Flame] public static Task M() => Task.CompletedTask; public static Func<Task> E => M; }",
        "public static class V { [Flame] public static Task M() => Task.CompletedTask; public static Func<Task> E => V.Remote.M; }");

    [Fact]
    public Task A_method_group_can_be_kept_in_place() => FixesAsync(
        new MethodGroupFix(), "Keep it in place",
        "public class V { [Flame] public Task M() => Task.CompletedTask; public static Func<Task> E(V v) => v.M; }",
        "public class V { [Flame] public Task M() => Task.CompletedTask; public static Func<Task> E(V v) => v.Local.M; }");

    [Fact]
    public Task A_read_only_reference_is_passed_by_value() => FixesAsync(
        new ParameterFix(), "Pass it by value",
        "public static class V { [Flame] public static Task M(int a, in decimal b) => Task.CompletedTask; }",
        "public static class V { [Flame] public static Task M(int a, decimal b) => Task.CompletedTask; }");

    [Fact]
    public Task A_read_only_span_is_passed_as_an_array() => FixesAsync(
        new ParameterFix(), "Pass an array",
        "public static class V { [Flame] public static Task M(ReadOnlySpan<byte> bytes) => Task.CompletedTask; }",
        "public static class V { [Flame] public static Task M(byte[] bytes) => Task.CompletedTask; }");

    [Theory]
    [InlineData("ref int a")]
    [InlineData("Span<int> a")]
    public async Task What_a_method_writes_for_its_caller_is_not_taken_away_by_a_fix(string parameter)
    {
        Assert.Empty(await TitlesAsync(new ParameterFix(), $"public static class V {{ [Flame] public static Task M({parameter}) => Task.CompletedTask; }}"));
    }

    [Fact]
    public Task A_virtual_method_becomes_an_ordinary_one() => FixesAsync(
        new VirtualMethodFix(), "Make it not virtual",
        "public class V { [Flame] public virtual Task M() => Task.CompletedTask; }",
        "public class V { [Flame] public Task M() => Task.CompletedTask; }");

    [Fact]
    public async Task An_override_is_left_to_its_author()
    {
        Assert.Empty(await TitlesAsync(new VirtualMethodFix(), "public class V { [Flame] public override string ToString() => \"\"; }"));
    }
}
