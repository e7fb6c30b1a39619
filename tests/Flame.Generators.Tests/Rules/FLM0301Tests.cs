namespace Flame.Generators.Tests.Rules;

public sealed class FLM0301Tests
{
    [Fact]
    public Task A_stream_is_refused() => RuleTest.SaysOnlyAsync(
        "FLM0301",
        "s",
        """
        public class U { public Task M(FlamePools f, System.IO.Stream s) => f.CallAsync("default", () => s.Length); }
        """);

    [Fact]
    public Task A_field_of_this_is_refused_by_itself() => RuleTest.SaysOnlyAsync(
        "FLM0301",
        "_s",
        """
        public class U { private readonly object _s = new(); private readonly int _n = 1; public Task M(FlamePools f) => f.CallAsync("default", () => _n + _s.GetHashCode()); }
        """);

    [Fact]
    public Task What_a_local_function_captures_counts() => RuleTest.SaysOnlyAsync(
        "FLM0301",
        "a",
        """
        public class U { public Task M(FlamePools f, Action a) { return f.CallAsync("default", () => Go()); void Go() => a(); } }
        """);

    [Fact]
    public Task What_a_nested_lambda_captures_counts() => RuleTest.SaysOnlyAsync(
        "FLM0301",
        "a",
        """
        public class U { public Task M(FlamePools f, object a) => f.CallAsync("default", () => { Func<string?> g = () => a.ToString(); return g(); }); }
        """);

    [Fact]
    public async Task The_path_of_the_member_is_named()
    {
        var said = Assert.Single(await RuleTest.SaysAsync(GeneratorRun.Of("""
            [MemoryPackable] public partial class Model { public Optimizer Optimizer { get; set; } = new(); }
            [MemoryPackable] public partial class Optimizer { public Action<int>? Callback { get; set; } }
            public static class V { public static Task M(FlamePools f, Model model) => f.CallAsync("default", () => model.ToString()); }
            """)));

        Assert.Equal("FLM0301", said.Id);
        Assert.Contains("'model.Optimizer.Callback' (Action<int>?)", said.Message);
    }

    [Fact]
    public Task Values_tokens_pools_loggers_names_and_constants_are_accepted() => RuleTest.IsSilentAsync(
        """
        public class U(Microsoft.Extensions.Logging.ILogger<U> log) { public Task M(FlamePools f, List<int> l, CancellationToken ct) { const string c = "c"; var notSent = new object(); return f.CallAsync("default", () => { log.GetHashCode(); ct.ThrowIfCancellationRequested(); f.GetHashCode(); var own = new object(); return l.Count + c + nameof(notSent) + own; }); } }
        """);
}
