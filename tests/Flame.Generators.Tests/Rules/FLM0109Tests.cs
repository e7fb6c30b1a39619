namespace Flame.Generators.Tests.Rules;

public sealed class FLM0109Tests
{
    [Fact]
    public Task Same_name_twice_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0109",
        "N",
        """
        public static class V { [Flame(Name = "x")] public static Task M() => Task.CompletedTask; [Flame(Name = "x")] public static Task N() => Task.CompletedTask; }
        """);

    [Fact]
    public Task Different_names_and_overloads_are_accepted() => RuleTest.IsSilentAsync(
        """
        public static class V { [Flame(Name = "x")] public static Task M() => Task.CompletedTask; [Flame] public static Task M(int a) => Task.CompletedTask; }
        """);
}
