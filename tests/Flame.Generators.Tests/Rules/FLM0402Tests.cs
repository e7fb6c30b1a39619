namespace Flame.Generators.Tests.Rules;

public sealed class FLM0402Tests
{
    [Fact]
    public Task Method_group_is_doubted() => RuleTest.SaysOnlyAsync(
        "FLM0402",
        "V.M",
        """
        public static class V { [Flame] public static Task M() => Task.CompletedTask; public static Func<Task> E => V.M; }
        """);

    [Fact]
    public Task Delegate_creation_is_doubted() => RuleTest.SaysOnlyAsync(
        "FLM0402",
        "v.M",
        """
        public class V { [Flame] public Task M() => Task.CompletedTask; public static Func<Task> E(V v) => new Func<Task>(v.M); }
        """);

    [Fact]
    public Task Explicit_forms_and_nameof_are_accepted() => RuleTest.IsSilentAsync(
        """
        public static class V { [Flame] public static Task M() => Task.CompletedTask; public static Func<Task> E => V.Remote.M; public static Func<Task> L => V.Local.M; public static string N => nameof(M); }
        """);
}
