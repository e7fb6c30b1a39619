namespace Flame.Generators.Tests.Rules;

public sealed class FLM0404Tests
{
    [Fact]
    public Task Dynamic_call_is_doubted() => RuleTest.SaysOnlyAsync(
        "FLM0404",
        "d.M()",
        """
        public class V { [Flame] public Task M() => Task.CompletedTask; public static object E(dynamic d) => d.M(); }
        """);

    [Fact]
    public Task Dynamic_call_of_something_else_is_accepted() => RuleTest.IsSilentAsync(
        """
        public class V { [Flame] public Task M() => Task.CompletedTask; public static object E(dynamic d) => d.Other(); }
        """);
}
