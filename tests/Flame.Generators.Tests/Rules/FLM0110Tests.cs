namespace Flame.Generators.Tests.Rules;

public sealed class FLM0110Tests
{
    [Fact]
    public Task Undeclared_pool_is_doubted() => RuleTest.SaysOnlyAsync(
        "FLM0110",
        "M",
        """
        public static class V { [Flame(Pool = "gpu")] public static Task M() => Task.CompletedTask; public static void S(FlameBuilder f) => f.AddPool("cpu"); }
        """);

    [Fact]
    public Task Declared_pools_the_default_and_open_sets_are_accepted() => RuleTest.IsSilentAsync(
        """
        public static class V { const string Gpu = "gpu"; [Flame(Pool = Gpu)] public static Task M() => Task.CompletedTask; [Flame] public static Task N() => Task.CompletedTask; public static void S(FlameBuilder f) => f.AddPool(Gpu); }
        """);

    [Fact]
    public Task Case_of_a_pools_name_does_not_matter() => RuleTest.IsSilentAsync(
        """
        public static class V { [Flame(Pool = "GPU")] public static Task M() => Task.CompletedTask; public static void S(FlameBuilder f) => f.AddPool("gpu"); }
        """);

    [Fact]
    public async Task A_block_for_a_pool_that_is_not_declared_is_warned_of()
    {
        var (id, place, message) = Assert.Single(await RuleTest.SaysAsync("""
            public static class U { public static void Configure(FlameBuilder f) => f.AddPool("gpu"); public static Task M(FlamePools f) => f.CallAsync("gpus", () => 1); public static Task N(FlamePools f) => f.CallAsync("GPU", () => 1); }
            """));
        Assert.Equal(("FLM0110", "f.CallAsync(\"gpus\", () => 1)"), (id, place));
        Assert.Contains("'gpus'", message, StringComparison.Ordinal);
    }
}
