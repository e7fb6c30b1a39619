using System.Text;
using Flame.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flame.Generators.Tests;

/// <summary>What an edit of one file can mean for the others, and what is read again because of it.</summary>
public sealed class SurfaceTests
{
    private const string Marked = """
        namespace App;
        public static class Work
        {
            [Flame(Pool = Names.Pool)] public static Task<int> CutAsync(Part part) => Task.FromResult(1);
            public static Task UseAsync() => CutAsync(new Part());
        }
        """;

    private const string Elsewhere = """
        namespace App;
        public static class Names { public const string Pool = "gpu"; }
        public struct Part { public int Number { get { return 1; } } }
        public class Plain
        {
            public int Number { get { return 1; } }
            public Plain() { Number.ToString(); }
            public int Twice(int number) { return 2 * number; }
            public int Thrice(int number) => 3 * number;
            public string Conditional()
            {
        #if NOTHING
        #endif
                return "conditional";
            }
        }
        public class Primary(string name) { public int Length() { return name.Length; } }
        """;

    [Theory]
    [InlineData("return 2 * number", "var twice = 2 * number; return twice")]
    [InlineData("return 2 * number;", "return 2 * number.")]   // while it is being typed
    [InlineData("=> 3 * number", "=> number * 3")]
    [InlineData("{ Number.ToString(); }", "{ }")]
    public void Body_of_a_method_is_nothing_to_other_files(string before, string after)
    {
        var first = Compile(Elsewhere);
        var edited = Edit(first, before, after);
        Assert.True(Surface.Of(first).IsSame(Surface.Of(edited)));
        Assert.Equal(0, ReadAgain(first, edited));
    }

    [Theory]
    [InlineData("\"gpu\"", "\"cpu\"")]                               // a constant goes into attributes
    [InlineData("int Twice(", "long Twice(")]
    [InlineData("public class Plain", "[MemoryPackable] public partial class Plain")]
    [InlineData("Number { get { return 1; } }", "Number { get { return field; } }")]   // a property gets a field
    [InlineData("return name.Length", "return 1")]                   // a class loses one
    [InlineData("return \"conditional\"", "#nullable disable\nreturn \"conditional\"")]
    [InlineData("return 2 * number;", "return 2 * number; }")]
    [InlineData("return 2 * number; }", "return 2 * number;")]       // the body goes on into the next method
    [InlineData("=> 3 * number;", "=> 3 * number")]
    [InlineData("namespace App;", "global using Gpu = Flame.FlameAttribute; namespace App;")]
    public void Everything_else_is_read_again_for(string before, string after)
    {
        var first = Compile(Elsewhere);
        var edited = Edit(first, before, after);
        Assert.False(Surface.Of(first).IsSame(Surface.Of(edited)));
        Assert.Equal(1, ReadAgain(first, edited));
    }

    [Fact]
    public void Other_references_and_options_are_another_surface()
    {
        var first = Compile(Elsewhere);
        Assert.False(Surface.Of(first).IsSame(Surface.Of(first.RemoveReferences(first.References.First()))));
        Assert.False(Surface.Of(first).IsSame(Surface.Of(first.WithOptions(first.Options.WithNullableContextOptions(NullableContextOptions.Disable)))));
        Assert.False(Surface.Of(first).IsSame(Surface.Of(first.WithAssemblyName("Other"))));
        Assert.True(Surface.Of(first).IsSame(Surface.Of(first.Clone())));
    }

    [Fact]
    public void Constant_in_another_file_changes_the_pool_of_a_method_whose_file_stays()
    {
        var run = GeneratorRun.Of(Compile(Elsewhere));
        Assert.Contains("\"gpu\"", run.Text());
        Assert.Contains("\"cpu\"", run.Then(c => Edit(c, "\"gpu\"", "\"cpu\"")).Text());
    }

    [Fact]
    public void Parameter_that_cannot_be_sent_any_more_takes_the_proxy_away_though_its_file_stays()
    {
        var run = GeneratorRun.Of(Compile(Elsewhere));
        Assert.Contains(run.Result.GeneratedSources, s => s.HintName == "App.Work.Proxy.g.cs");
        var edited = run.Then(c => Edit(c, "public struct Part {", "public class Part {"));
        Assert.DoesNotContain(edited.Result.GeneratedSources, s => s.HintName == "App.Work.Proxy.g.cs");
    }

    private static CSharpCompilation Compile(string elsewhere) => GeneratorRun.Compile([Marked, elsewhere]);

    private static CSharpCompilation Edit(CSharpCompilation compilation, string before, string after)
    {
        Assert.Contains(before, Elsewhere, StringComparison.Ordinal);
        var tree = compilation.SyntaxTrees[1];
        var text = GeneratorRun.Usings + Elsewhere.Replace(before, after);
        if (after.StartsWith("global using", StringComparison.Ordinal)) text = after.Split("namespace")[0] + GeneratorRun.Usings + Elsewhere;
        return compilation.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(text, GeneratorRun.ParseOptions, tree.FilePath, Encoding.UTF8));
    }

    // How often a node of the file that stays is read for the edited compilation, once it was for the first.
    private static int ReadAgain(CSharpCompilation first, CSharpCompilation edited)
    {
        var remembered = new Remembered<string>();
        var reads = 0;
        Read(first);
        Read(first);
        Assert.Equal(1, reads);
        Read(edited);
        return reads - 1;

        void Read(CSharpCompilation compilation)
        {
            var tree = compilation.SyntaxTrees[0];
            var call = tree.GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>().Last();
            remembered.Of(call, compilation.GetSemanticModel(tree), () => $"{++reads}");
        }
    }
}
