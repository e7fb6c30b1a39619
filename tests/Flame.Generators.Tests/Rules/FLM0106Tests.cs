namespace Flame.Generators.Tests.Rules;

public sealed class FLM0106Tests
{
    [Fact]
    public Task Interface_member_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0106",
        "M",
        """
        public interface I { [Flame] Task M(); }
        """);

    [Fact]
    public Task Abstract_method_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0106",
        "M",
        """
        public abstract class V { [Flame] public abstract Task M(); }
        """);

    [Fact]
    public Task Virtual_method_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0106",
        "M",
        """
        public class V { [Flame] public virtual Task M() => Task.CompletedTask; }
        """);

    [Fact]
    public Task Member_of_an_extension_block_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0106",
        "M",
        """
        public static class V { extension(string s) { [Flame] public Task M() => Task.CompletedTask; } }
        """);

    [Fact]
    public Task Implementation_of_an_interface_is_accepted() => RuleTest.IsSilentAsync(
        """
        public interface I { Task M(); } public class V : I { [Flame] public Task M() => Task.CompletedTask; }
        """);
}
