namespace Flame.Generators.Tests.Rules;

public sealed class FLM0108Tests
{
    [Fact]
    public Task Text_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0108",
        "M",
        """
        public static class V { [Flame(Timeout = "soon")] public static Task M() => Task.CompletedTask; }
        """);

    [Fact]
    public Task A_bare_number_would_be_days_and_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0108",
        "M",
        """
        public static class V { [Flame(Timeout = "90")] public static Task M() => Task.CompletedTask; }
        """);

    [Fact]
    public Task Zero_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0108",
        "M",
        """
        public static class V { [Flame(Timeout = "00:00:00")] public static Task M() => Task.CompletedTask; }
        """);

    [Fact]
    public Task Positive_time_is_accepted() => RuleTest.IsSilentAsync(
        """
        public static class V { [Flame(Timeout = "00:01:30")] public static Task M() => Task.CompletedTask; }
        """);
}
