namespace Flame.Generators.Tests.Rules;

public sealed class FLM0304Tests
{
    [Fact]
    public Task A_method_of_this_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0304",
        "Go()",
        """
        public class U { int Go() => 1; public Task M(FlamePools f) => f.CallAsync("default", () => Go()); }
        """);

    [Fact]
    public Task A_property_that_computes_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0304",
        "N",
        """
        public class U { int N => GetHashCode(); public Task M(FlamePools f) => f.CallAsync("default", () => N); }
        """);

    [Fact]
    public Task A_field_of_an_abstract_class_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0304",
        "_n",
        """
        public abstract class U { private int _n = 1; public Task M(FlamePools f) => f.CallAsync("default", () => _n); }
        """);

    [Fact]
    public Task A_this_that_can_be_sent_and_fields_are_accepted() => RuleTest.IsSilentAsync(
        """
        [MemoryPackable] public partial class P { int Go() => 1; public Task M(FlamePools f) => f.CallAsync("default", () => Go()); } public class U { private readonly int _n = 1; static int Go() => 2; public Task M(FlamePools f) => f.CallAsync("default", () => _n + Go()); }
        """);
}
