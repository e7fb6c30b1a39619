using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Flame.Generators.Tests;

/// <summary>Code that is unusual, and must compile silently all the same.</summary>
public sealed class OddCodeTests
{
    [Theory]
    [InlineData("code without nullable annotations", """
        #nullable disable
        public class V { [Flame] public Task<string> M(string a, List<string> b = null, byte[] c = null) => Task.FromResult(a); public Task Use(V v) => v.M("a"); }
        """)]
    [InlineData("obsolete types and methods", """
        [Obsolete("old")] public enum Old { A }
        public static class V { [Obsolete("old")] [Flame] public static Task M(Old a) => Task.CompletedTask; }
        """)]
    [InlineData("keywords as names", """
        namespace @namespace.@class { public static class @event { [Flame] public static Task @return(int @int) => Task.CompletedTask; public static Task Use() => @return(1); } }
        """)]
    [InlineData("a type called like a namespace of the framework", """
        namespace App.System { public static class Task { [Flame] public static global::System.Threading.Tasks.Task M() => global::System.Threading.Tasks.Task.CompletedTask; public static global::System.Threading.Tasks.Task Use() => M(); } }
        """)]
    [InlineData("records, nested partial types and partial methods", """
        namespace App;
        public partial record R(int A) { [Flame] public partial Task M(); public partial class N { [Flame] public Task M() => Task.CompletedTask; } }
        public partial record R { public partial Task M() => Task.CompletedTask; public Task Use(N n) => Task.WhenAll(M(), this.M(), n.M()); }
        """)]
    [InlineData("calls in constructors, properties, local functions and top-level lambdas", """
        namespace App;
        public class V
        {
            private readonly Task _field = S(); public V() : this(S()) { } public V(Task t) { _field = t; }
            public Task P => S(); [Flame] public static Task S() => Task.CompletedTask;
            public Task L() { return Inner(); static async Task Inner() => await V.S(); }
        }
        """)]
    [InlineData("hidden and inherited names", """
        namespace App;
        public class Base { public int Remote => 1; }
        public class V : Base { [Flame] public Task M() => Task.CompletedTask; public Task Use() => M(); }
        """)]
    [InlineData("methods named like our own", """
        namespace App;
        public class V { [Flame] public Task Remote() => Task.CompletedTask; [Flame] public static Task Row(int a) => Task.CompletedTask; [Flame] public static Task Arguments(int a) => Task.CompletedTask; [Flame] public static Task InvokeAsync() => Task.CompletedTask; }
        """)]
    public void Compiles_silently(string what, string source)
    {
        Assert.NotEmpty(what);
        GeneratorRun.Clean(source);
    }

    [Fact]
    public void An_unsupported_method_leaves_the_others_alone()
    {
        var text = GeneratorRun.Clean("public static class V { [Flame] public static int Bad() => 1; [Flame] public static Task Good() => Task.CompletedTask; }").Text();
        Assert.Contains("GoodCall", text);
        Assert.DoesNotContain("BadCall", text);
    }

    [Fact]
    public void Without_interception_direct_calls_stay_local()
    {
        var compilation = GeneratorRun.Compile(["public static class V { [Flame] public static Task M() => Task.CompletedTask; public static Task Use() => M(); }"]);
        var driver = CSharpGeneratorDriver.Create([new FlameGenerator().AsSourceGenerator()], parseOptions: GeneratorRun.ParseOptions, optionsProvider: new Off())
            .RunGenerators(compilation);
        var names = driver.GetRunResult().GeneratedTrees.Select(t => Path.GetFileName(t.FilePath)).ToArray();
        Assert.Contains("V.Proxy.g.cs", names);
        Assert.DoesNotContain("Flame.Interceptors.g.cs", names);
    }

    private sealed class Off : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values();

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;
    }

    private sealed class Values : AnalyzerConfigOptions
    {
        private readonly ImmutableDictionary<string, string> _values = ImmutableDictionary<string, string>.Empty.Add("build_property.FlameIntercept", "false");

        public override bool TryGetValue(string key, out string value) => _values.TryGetValue(key, out value!);
    }

    [Fact]
    public void Call_with_an_argument_that_comes_of_a_generated_member_is_intercepted()
    {
        var text = GeneratorRun.Clean("""
            namespace App;
            public static class V
            {
                [Flame] public static Task<int> A(int a) => Task.FromResult(a);
                [Flame] public static Task<int> B(int b, string c) => Task.FromResult(b);
                public static async Task Use()
                {
                    var a = await V.Remote.A(1);
                    await B(a, "b");
                    await B(await V.Local.A(2), "c");
                }
            }
            """).Text();
        Assert.Contains("// /src/File0.cs(10,15)", text, StringComparison.Ordinal);
        Assert.Contains("// /src/File0.cs(11,15)", text, StringComparison.Ordinal);
    }
}
