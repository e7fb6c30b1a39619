namespace Flame.Generators.Tests.Rules;

public sealed class FLM0302Tests
{
    [Fact]
    public Task A_delegate_from_elsewhere_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0302",
        "g",
        """
        public class U { public Task M(FlamePools f, Func<int> g) => f.CallAsync("default", g); }
        """);

    [Fact]
    public Task A_choice_of_blocks_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0302",
        "b ? () => 1 : () => 2",
        """
        public class U { public Task M(FlamePools f, bool b) => f.CallAsync<int>("default", b ? () => 1 : () => 2); }
        """);

    [Fact]
    public Task A_virtual_method_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0302",
        "v.N",
        """
        public class V { public virtual int N() => 1; } public class U { public Task M(FlamePools f, V v) => f.CallAsync("default", v.N); }
        """);

    [Fact]
    public Task Lambdas_local_functions_and_methods_are_accepted() => RuleTest.IsSilentAsync(
        """
        public class U { static int S() => 1; public async Task M(FlamePools f) { await f.CallAsync("default", S); await f.CallAsync("default", L); await f.CallAsync("default", () => 1); await f.CallAsync("default", delegate () { return 1; }); static int L() => 1; } }
        """);
}
