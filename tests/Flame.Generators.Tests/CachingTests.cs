using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Flame.Generators.Tests;

public sealed class CachingTests
{
    private const string Marked = """
        namespace App;
        public static class Videos
        {
            [Flame(Pool = "gpu")] public static Task<int> Cut(string path) => Task.FromResult(1);
            [FlameEnter] public static void Load() { }
            public static Task Use() => Cut("a");
            // end
        }
        """;

    private const string Other = "namespace App; public static class Other { public static int One => 1; }";

    [Fact]
    public void Unrelated_edit_reruns_nothing()
    {
        var edited = First().Then(c => Edit(c, 1, Other.Replace("=> 1", "=> 2")));
        AssertNothingEmitted(edited);
        foreach (var step in Reasons(edited, TrackingNames.Methods, TrackingNames.Types, TrackingNames.Hooks, TrackingNames.Registry, TrackingNames.Interceptors))
            Assert.True(step.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{step.Name}: {step.Reason}");
    }

    [Fact]
    public void Edit_below_in_the_same_file_leaves_proxies_and_registry_alone()
    {
        var edited = First().Then(c => Edit(c, 0, Marked.Replace("// end", "public static int Two => 2;")));
        Assert.All(Emitted(edited), name => Assert.Equal("Flame.Interceptors.g.cs", name));
        foreach (var step in Reasons(edited, TrackingNames.Types, TrackingNames.Registry))
            Assert.True(step.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{step.Name}: {step.Reason}");
    }

    [Fact]
    public void Edit_above_in_the_same_file_leaves_proxies_and_registry_alone()
    {
        var edited = First().Then(c => Edit(c, 0, "// a new first line\n" + Marked));
        Assert.All(Emitted(edited), name => Assert.Equal("Flame.Interceptors.g.cs", name));
    }

    [Fact]
    public void Edit_of_a_marked_method_runs_again()
    {
        var edited = First().Then(c => Edit(c, 0, Marked.Replace("\"gpu\"", "\"cpu\"")));
        Assert.Contains("App.Videos.Methods.g.cs", Emitted(edited));
        Assert.Contains("\"cpu\"", edited.Text());
    }

    [Fact]
    public void A_block_is_sent_anew_only_when_it_changes()
    {
        const string block = "namespace App; public static class B { public static Task<int> M(FlamePools f, int n) => f.CallAsync(\"gpu\", () => n + 1); }\n// end";
        var first = GeneratorRun.Of(GeneratorRun.Compile([block, Other]));
        var elsewhere = first.Then(c => Edit(c, 1, Other.Replace("=> 1", "=> 2")));
        AssertNothingEmitted(elsewhere);
        foreach (var step in Reasons(elsewhere, TrackingNames.Blocks, TrackingNames.Registry, TrackingNames.Interceptors))
            Assert.True(step.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{step.Name}: {step.Reason}");

        Assert.Equal(["Flame.Interceptors.g.cs"], Emitted(first.Then(c => Edit(c, 0, block + " of it"))));
        var changed = Emitted(first.Then(c => Edit(c, 0, block.Replace("n + 1", "2"))));
        Assert.Equal(["Flame.Blocks.g.cs", "Flame.Interceptors.g.cs"], changed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Unrelated_edit_makes_no_injected_proxy_again()
    {
        const string Injected = """
            using Microsoft.Extensions.DependencyInjection;
            namespace App;
            public interface IVideos { Task Cut(); }
            public class Films : IVideos { [Flame] public Task Cut() => Task.CompletedTask; }
            public static class Use { public static void All(IServiceCollection services) => services.AddFlameProxy<IVideos, Films>(); }
            """;
        var first = GeneratorRun.Of(GeneratorRun.Compile([Injected, Other]));
        Assert.Contains(first.Result.GeneratedSources, s => s.HintName.StartsWith("Flame.Injected.", StringComparison.Ordinal));
        var edited = first.Then(c => Edit(c, 1, Other.Replace("=> 1", "=> 2")));
        AssertNothingEmitted(edited);
        foreach (var step in Reasons(edited, TrackingNames.Injections, TrackingNames.Registry))
            Assert.True(step.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{step.Name}: {step.Reason}");
    }

    [Theory]
    [InlineData("=> 1", "=> 2")]
    [InlineData("One", "Two")]
    public void Five_hundred_methods_and_an_unrelated_edit_emit_nothing_and_run_no_output(string before, string after)
    {
        var run = FiveHundred();
        Assert.Equal(102, run.Result.GeneratedSources.Length);
        var edited = run.Then(c => Edit(c, 50, Other.Replace(before, after)));
        AssertNothingEmitted(edited);
        Assert.Equal(0, OutputsRun(edited));
    }

    [Fact]
    public void Five_hundred_methods_and_an_edit_of_one_emit_its_class_and_no_other()
    {
        // Another pool changes what is sent of the method, and not how it is called.
        var edited = FiveHundred().Then(c => Edit(c, 7, TenMarked(7).Replace("[Flame] public static Task<string> M3(", "[Flame(Pool = \"gpu\")] public static Task<string> M3(")));
        Assert.Equal(["App.T7.Methods.g.cs", "App.T7.Proxy.g.cs", "Flame.Interceptors.g.cs"], Emitted(edited).Order(StringComparer.Ordinal));
        Assert.Equal(2, OutputsRun(edited));
    }

    [Fact]
    public void A_finished_run_keeps_no_old_compilation_alive()
    {
        var (old, run) = RunTwice();
        for (var i = 0; i < 10 && old.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(old.IsAlive);
        GC.KeepAlive(run);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static (WeakReference Old, GeneratorDriver Driver) RunTwice()
    {
        var first = First();
        var second = first.Then(c => Edit(c, 0, Marked.Replace("\"gpu\"", "\"cpu\"")));
        return (new WeakReference(first.Input), second.Driver);
    }

    // Fifty files of ten methods each, one that has nothing to do with them, and one that calls them all.
    private static GeneratorRun FiveHundred()
    {
        var calls = Enumerable.Range(0, 500).Select(i => $"public static Task<string> Use{i}() => T{i / 10}.M{i % 10}({i}, \"b\");");
        return GeneratorRun.Of(GeneratorRun.Compile([.. Enumerable.Range(0, 50).Select(TenMarked), Other, $"namespace App; public static class Uses {{ {string.Join('\n', calls)} }}"]));
    }

    private static string TenMarked(int type) =>
        $"namespace App; public static class T{type} {{ {string.Join('\n', Enumerable.Range(0, 10).Select(m => $"[Flame] public static Task<string> M{m}(int a, string b) => Task.FromResult(b);"))} }}";

    private static GeneratorRun First() => GeneratorRun.Of(GeneratorRun.Compile([Marked, Other]));

    private static CSharpCompilation Edit(CSharpCompilation compilation, int file, string text)
    {
        var tree = compilation.SyntaxTrees[file];
        return compilation.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(GeneratorRun.Usings + text, GeneratorRun.ParseOptions, tree.FilePath, System.Text.Encoding.UTF8));
    }

    private static (string Name, IncrementalStepRunReason Reason)[] Reasons(GeneratorRun run, params string[] names)
    {
        var steps = names.SelectMany(n => run.Result.TrackedSteps[n].SelectMany(s => s.Outputs.Select(o => (n, o.Reason)))).ToArray();
        Assert.NotEmpty(steps);
        return steps;
    }

    private static void AssertNothingEmitted(GeneratorRun run) => Assert.Empty(Emitted(run));

    // Whatever came of it: what ran and gave the same is Unchanged, and what did not run is Cached.
    private static int OutputsRun(GeneratorRun run) =>
        run.Result.TrackedOutputSteps.SelectMany(s => s.Value).Count(s => s.Outputs.Any(o => o.Reason is not IncrementalStepRunReason.Cached));

    private static string[] Emitted(GeneratorRun run) =>
    [
        .. run.Result.TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(s => s.Outputs)
            .Where(o => o.Reason is IncrementalStepRunReason.New or IncrementalStepRunReason.Modified)
            .SelectMany(o => ((System.Collections.IEnumerable)o.Value.GetType().GetField("Item1")!.GetValue(o.Value)!).Cast<object>())
            .Select(s => (string)s.GetType().GetProperty("HintName")!.GetValue(s)!),
    ];
}
