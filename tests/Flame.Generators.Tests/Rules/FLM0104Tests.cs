namespace Flame.Generators.Tests.Rules;

public sealed class FLM0104Tests
{
    [Fact]
    public Task Private_method_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0104",
        "M",
        """
        public static class V { [Flame] private static Task M() => Task.CompletedTask; }
        """);

    [Fact]
    public Task Private_type_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0104",
        "M",
        """
        public static class O { private static class V { [Flame] public static Task M() => Task.CompletedTask; } }
        """);

    [Fact]
    public Task File_local_type_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0104",
        "M",
        """
        file static class V { [Flame] public static Task M() => Task.CompletedTask; }
        """);

    [Fact]
    public Task Internal_is_accepted() => RuleTest.IsSilentAsync(
        """
        internal static class V { [Flame] internal static Task M() => Task.CompletedTask; }
        """);
}
