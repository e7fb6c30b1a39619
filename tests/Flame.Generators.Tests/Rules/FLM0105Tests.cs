namespace Flame.Generators.Tests.Rules;

public sealed class FLM0105Tests
{
    [Fact]
    public Task Generic_method_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0105",
        "M",
        """
        public static class V { [Flame] public static Task M<T>() => Task.CompletedTask; }
        """);

    [Fact]
    public Task Method_of_a_generic_type_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0105",
        "M",
        """
        public static class V<T> { [Flame] public static Task M() => Task.CompletedTask; }
        """);

    [Fact]
    public Task Generic_arguments_are_accepted() => RuleTest.IsSilentAsync(
        """
        public static class V { [Flame] public static Task<List<int>> M(Dictionary<string, List<int>> a) => Task.FromResult(a["x"]); }
        """);
}
