namespace Flame.Generators.Tests.Rules;

public sealed class FLM0201Tests
{
    [Fact]
    public Task Delegate_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0201",
        "a",
        """
        public static class V { [Flame] public static Task M(Action<int> a) => Task.CompletedTask; }
        """);

    [Fact]
    public Task Object_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0201",
        "a",
        """
        public static class V { [Flame] public static Task M(object a) => Task.CompletedTask; }
        """);

    [Fact]
    public Task Plain_class_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0201",
        "a",
        """
        public class P { public int X { get; set; } } public static class V { [Flame] public static Task M(List<P> a) => Task.CompletedTask; }
        """);

    // What a dishonest executor could make of them: the one comes back with other bytes of the process, the other loads what it names.
    [Theory]
    [InlineData("System.Collections.BitArray")]
    [InlineData("System.Type")]
    [InlineData("List<System.Collections.BitArray>")]
    public Task Type_that_cannot_be_read_safely_is_refused(string type) => RuleTest.SaysOnlyAsync(
        "FLM0201",
        "a",
        $$"""
        public static class V { [Flame] public static Task M({{type}} a) => Task.CompletedTask; }
        """);

    [Fact]
    public Task Packable_services_and_ignored_members_are_accepted() => RuleTest.IsSilentAsync(
        """
        [MemoryPackable] public partial class P { public int X { get; set; } [MemoryPackIgnore] public Action? A { get; set; } public P? Next { get; set; } } public static class V { [Flame] public static Task M(P a, [FromServices] IServiceProvider s) => Task.CompletedTask; }
        """);

    // MemoryPack 1.21.4 would lose its value without a word; where we write it ourselves, it arrives.
    [Fact]
    public Task A_big_integer_inside_a_value_of_MemoryPack_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0201",
        "a",
        """
        [MemoryPackable] public partial class P { public System.Numerics.BigInteger X { get; set; } } public static class V { [Flame] public static Task M(P a, System.Numerics.BigInteger b) => Task.CompletedTask; }
        """);

    [Fact]
    public async Task The_path_of_the_member_is_named()
    {
        // MemoryPack, too, refuses such a member; its errors are not what this is about.
        var said = Assert.Single(await RuleTest.SaysAsync(GeneratorRun.Of("""
            [MemoryPackable] public partial class Model { public Optimizer Optimizer { get; set; } = new(); }
            [MemoryPackable] public partial class Optimizer { public Action<int>? Callback { get; set; } }
            public static class V { [Flame] public static Task M(Model model) => Task.CompletedTask; }
            """)));

        Assert.Equal("FLM0201", said.Id);
        Assert.Contains("'model.Optimizer.Callback' (Action<int>?)", said.Message);
    }
}
