namespace Flame.Generators.Tests.Rules;

public sealed class FLM0303Tests
{
    [Fact]
    public Task An_assignment_is_warned_of() => RuleTest.SaysOnlyAsync(
        "FLM0303",
        "n",
        """
        public class U { public Task M(FlamePools f, int n) => f.CallAsync("default", () => { n = 1; }); }
        """);

    [Fact]
    public Task An_increment_is_warned_of_once() => RuleTest.SaysOnlyAsync(
        "FLM0303",
        "n",
        """
        public class U { public Task M(FlamePools f, int n) => f.CallAsync("default", () => { n++; n += 2; }); }
        """);

    [Fact]
    public Task A_reference_that_is_handed_on_is_warned_of() => RuleTest.SaysOnlyAsync(
        "FLM0303",
        "n",
        """
        public class U { public Task M(FlamePools f, int n) => f.CallAsync("default", () => int.TryParse("1", out n)); }
        """);

    [Fact]
    public Task A_deconstruction_is_warned_of() => RuleTest.SaysOnlyAsync(
        "FLM0303",
        "n",
        """
        public class U { public Task M(FlamePools f, int n) => f.CallAsync("default", () => { (n, var m) = (1, 2); return m; }); }
        """);

    [Fact]
    public Task A_part_of_a_value_is_warned_of() => RuleTest.SaysOnlyAsync(
        "FLM0303",
        "p",
        """
        public struct P { public int X; } public class U { public Task M(FlamePools f, P p) => f.CallAsync("default", () => { p.X = 1; }); }
        """);

    [Fact]
    public Task A_field_is_warned_of() => RuleTest.SaysOnlyAsync(
        "FLM0303",
        "_n",
        """
        public class U { private int _n; public Task M(FlamePools f) => f.CallAsync("default", () => { _n = 1; }); public int N => _n; }
        """);

    [Fact]
    public Task Its_own_variables_are_its_own() => RuleTest.IsSilentAsync(
        """
        public class U { public Task M(FlamePools f, int n) => f.CallAsync("default", () => { var m = n; m++; L(ref m); return m; static void L(ref int m) => m++; }); }
        """);
}
