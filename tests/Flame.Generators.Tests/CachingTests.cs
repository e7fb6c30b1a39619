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
    public void Five_hundred_methods_and_an_unrelated_edit_emit_nothing()
    {
        var types = Enumerable.Range(0, 50).Select(t =>
            $"public static class T{t} {{ {string.Join(' ', Enumerable.Range(0, 10).Select(m => $"[Flame] public static Task<string> M{m}(int a, string b) => Task.FromResult(b);"))} }}");
        var run = GeneratorRun.Of(GeneratorRun.Compile(["namespace App;\n" + string.Join('\n', types), Other]));
        AssertNothingEmitted(run.Then(c => Edit(c, 1, Other.Replace("=> 1", "=> 2"))));
        Assert.Equal(101, run.Result.GeneratedSources.Length);
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

    private static string[] Emitted(GeneratorRun run) =>
    [
        .. run.Result.TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(s => s.Outputs)
            .Where(o => o.Reason is IncrementalStepRunReason.New or IncrementalStepRunReason.Modified)
            .SelectMany(o => ((System.Collections.IEnumerable)o.Value.GetType().GetField("Item1")!.GetValue(o.Value)!).Cast<object>())
            .Select(s => (string)s.GetType().GetProperty("HintName")!.GetValue(s)!),
    ];
}
