namespace Flame.Generators.Tests.Rules;

public sealed class FLM0111Tests
{
    [Fact]
    public Task Method_of_a_struct_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0111",
        "M",
        """
        public struct V { [Flame] public Task M() => Task.CompletedTask; }
        """);

    [Fact]
    public Task Static_method_of_a_struct_and_method_of_a_record_are_accepted() => RuleTest.IsSilentAsync(
        """
        public struct V { [Flame] public static Task M() => Task.CompletedTask; } public record R { [Flame] public Task M() => Task.CompletedTask; }
        """);
}
