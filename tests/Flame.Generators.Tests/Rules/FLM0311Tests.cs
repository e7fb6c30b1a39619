namespace Flame.Generators.Tests.Rules;

public sealed class FLM0311Tests
{
    [Fact]
    public Task A_class_that_is_not_marked_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0311",
        "() => new V()",
        """
        public class V { } public class U { public Task M(FlamePools f) => f.PlaceAsync("default", () => new V()); }
        """);

    [Fact]
    public Task Marked_ones_are_accepted_however_they_are_made() => RuleTest.IsSilentAsync(
        """
        [FlameObject] public class V { } public class U { public async Task M(FlamePools f) { await f.PlaceAsync("default", () => new V()); await f.PlaceAsync("default", async () => { await Task.Yield(); return new V(); }); await f.PlaceAsync("default", services => new V(), new FlamePlaceOptions { Concurrent = true }); await f.PlaceAsync("default", async (services, ct) => { await Task.Delay(1, ct); return new V(); }); } }
        """);
}
