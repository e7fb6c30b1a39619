namespace Flame.Generators.Tests.Rules;

public sealed class FLM0308Tests
{
    [Fact]
    public Task A_cast_that_borrows_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0308",
        "() => p.Report(1)",
        """
        public class U { public Task M(FlamePools f, IProgress<int> p) => f.CastAsync("default", () => p.Report(1)); }
        """);

    [Fact]
    public Task A_loan_in_generic_code_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0308",
        "() => { p.Report(1); return t; }",
        """
        public class U { public Task M<T>(FlamePools f, T t, IProgress<int> p) => f.CallAsync("default", () => { p.Report(1); return t; }); }
        """);

    [Fact]
    public Task A_call_that_borrows_is_accepted() => RuleTest.IsSilentAsync(
        """
        public class U { public Task M(FlamePools f, IProgress<int> p, IAsyncEnumerable<string> s, System.IO.Stream b) => f.CallAsync("default", async () => { p.Report(b.ReadByte()); await foreach (var t in s) { } }); }
        """);
}
