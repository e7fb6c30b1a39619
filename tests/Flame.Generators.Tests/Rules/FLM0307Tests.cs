namespace Flame.Generators.Tests.Rules;

public sealed class FLM0307Tests
{
    [Fact]
    public Task A_generated_form_inside_a_block_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0307",
        "U.Local",
        """
        public class U { [Flame] public static Task<int> G() => Task.FromResult(1); public Task M(FlamePools f) => f.CallAsync("default", () => U.Local.G()); }
        """);

    [Fact]
    public Task A_plain_call_inside_a_block_is_accepted() => RuleTest.IsSilentAsync(
        """
        public class U { [Flame] public static Task<int> G() => Task.FromResult(1); public Task M(FlamePools f) => f.CallAsync("default", () => U.G()); }
        """);
}
