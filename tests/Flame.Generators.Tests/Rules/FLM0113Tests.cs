namespace Flame.Generators.Tests.Rules;

public sealed class FLM0113Tests
{
    [Fact]
    public Task Hook_with_a_result_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0113",
        "M",
        """
        public static class V { [FlameEnter] public static int M() => 1; }
        """);

    [Fact]
    public Task Async_void_hook_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0113",
        "M",
        """
        public static class V { [FlameExit] public static async void M() => await Task.Yield(); }
        """);

    [Fact]
    public Task Hook_with_a_value_parameter_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0113",
        "M",
        """
        public static class V { [FlameEnter] public static Task M(int a) => Task.CompletedTask; }
        """);

    [Fact]
    public Task Services_and_tokens_are_accepted() => RuleTest.IsSilentAsync(
        """
        public class V { [FlameEnter] public Task M(IServiceProvider s, CancellationToken ct) => Task.CompletedTask; [FlameExit] public static void N() { } }
        """);
}
