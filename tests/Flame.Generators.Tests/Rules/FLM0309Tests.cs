namespace Flame.Generators.Tests.Rules;

public sealed class FLM0309Tests
{
    [Fact]
    public Task Items_of_a_type_parameter_are_refused() => RuleTest.SaysOnlyAsync(
        "FLM0309",
        "i => 1",
        """
        public class U { public IAsyncEnumerable<FlameResult<T, int>> M<T>(FlamePools f, IEnumerable<T> s) => f.MapAsync("default", s, i => 1); }
        """);

    [Fact]
    public Task Items_of_a_known_type_are_accepted_in_generic_code_too() => RuleTest.IsSilentAsync(
        """
        public class U { public IAsyncEnumerable<FlameResult<string, int>> M<T>(FlamePools f, IEnumerable<string> s) => f.MapAsync("default", s, i => i.Length); }
        """);
}
