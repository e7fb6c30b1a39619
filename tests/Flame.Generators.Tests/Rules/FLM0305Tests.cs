namespace Flame.Generators.Tests.Rules;

public sealed class FLM0305Tests
{
    [Fact]
    public Task A_hidden_type_that_is_captured_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0305",
        "k",
        """
        public class U { private enum K { A } public Task M(FlamePools f) { var k = K.A; return f.CallAsync("default", () => (int)k); } }
        """);

    [Fact]
    public Task A_hidden_type_that_is_returned_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0305",
        "() => K.A",
        """
        public class U { private enum K { A } public Task M(FlamePools f) => f.CallAsync("default", () => K.A); }
        """);

    [Fact]
    public Task Internal_types_are_accepted() => RuleTest.IsSilentAsync(
        """
        internal class U { internal enum K { A } public Task M(FlamePools f, K k) => f.CallAsync("default", () => k); }
        """);
}
