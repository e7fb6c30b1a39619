namespace Flame.Generators.Tests.Rules;

public sealed class FLM0102Tests
{
    [Fact]
    public Task Ref_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0102",
        "a",
        """
        public static class V { [Flame] public static Task M(ref int a) => Task.CompletedTask; }
        """);

    [Fact]
    public Task In_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0102",
        "a",
        """
        public static class V { [Flame] public static Task M(in int a) => Task.CompletedTask; }
        """);

    [Fact]
    public Task Out_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0102",
        "a",
        """
        public static class V { [Flame] public static Task M(out int a) { a = 1; return Task.CompletedTask; } }
        """);

    [Fact]
    public Task Span_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0102",
        "a",
        """
        public static class V { [Flame] public static Task M(ReadOnlySpan<byte> a) => Task.CompletedTask; }
        """);

    [Fact]
    public Task Pointer_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0102",
        "a",
        """
        public static unsafe class V { [Flame] public static Task M(int* a) => Task.CompletedTask; }
        """);

    [Fact]
    public Task Memory_is_accepted() => RuleTest.IsSilentAsync(
        """
        public static class V { [Flame] public static Task M(ReadOnlyMemory<byte> a, byte[] b) => Task.CompletedTask; }
        """);
}
