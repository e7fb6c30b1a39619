namespace Flame.Generators.Tests.Rules;

public sealed class FLM0107Tests
{
    [Fact]
    public Task Local_function_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0107",
        "L",
        """
        public static class V { public static Task M() { return L(); [Flame] static Task L() => Task.CompletedTask; } }
        """);

    [Fact]
    public Task Unmarked_local_function_is_accepted() => RuleTest.IsSilentAsync(
        """
        public static class V { public static Task M() { return L(); static Task L() => Task.CompletedTask; } }
        """);
}
