using Flame.Build;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace Flame.Generators.Tests;

/// <summary>The build check over compiled code, with and without interceptors.</summary>
public sealed class InterceptionCheckTests
{
    private const string Source = """
        namespace App;
        public class Videos
        {
            [Flame] public static Task<int> Cut(string path) => Task.FromResult(1);
            [Flame] public Task Keep(string path) => Task.CompletedTask;
            public static Task Cut(int unmarked) => Task.CompletedTask;
        }
        public static class Use
        {
            public static async Task Async(Videos videos)
            {
                await Task.Yield();
                await Videos.Cut("a");
                await videos.Keep("b");
                await Videos.Cut(1);
            }
            public static Task Plain() => Videos.Cut("c");
            public static Task Lambda() => Task.Run(() => Videos.Cut("d"));
            public static Task Explicit(Videos v) => Task.WhenAll(Videos.Remote.Cut("e"), Videos.Local.Cut("f"), v.Cast.Keep("g"));
        }
        """;

    [Fact]
    public void Intercepted_calls_pass() => Assert.Empty(Check(GeneratorRun.Clean(Source)));

    [Fact]
    public void Calls_that_stayed_local_are_named_with_file_and_line()
    {
        var calls = Check(WithoutInterceptors(GeneratorRun.Clean(Source)));

        Assert.Equal(
            ["App.Videos.Cut:14", "App.Videos.Cut:18", "App.Videos.Cut:19", "App.Videos.Keep:15"],
            calls.Select(c => $"{c.Method}:{c.Line}").Order(StringComparer.Ordinal));
        Assert.All(calls, c => Assert.Equal("/src/File0.cs", c.File));
        Assert.All(calls, c => Assert.True(c.Column > 0));
    }

    [Fact]
    public void Methods_of_referenced_assemblies_count()
    {
        var image = GeneratorRun.Clean(Source, "Library").Emit(out _);
        var path = Path.Combine(Path.GetTempPath(), $"flame-{Guid.NewGuid():N}.dll");
        File.WriteAllBytes(path, image);
        try
        {
            var run = GeneratorRun.Clean(
                "public static class Caller { public static Task Go() => App.Videos.Cut(\"a\"); public static Task No() => App.Videos.Cut(1); }",
                "App", MetadataReference.CreateFromImage(image));
            Assert.Empty(Check(run, path));
            Assert.Equal("App.Videos.Cut", Assert.Single(Check(WithoutInterceptors(run), path)).Method);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Blocks_that_would_not_be_sent_are_named_whatever_is_kept_local()
    {
        var run = GeneratorRun.Clean("""
            namespace App;
            public static class Use
            {
                [Flame] public static Task<int> Cut(string path) => Task.FromResult(1);
                public static Task<int> Sum(FlamePools flame, int n) => flame.CallAsync("a", () => n + 1);
                public static IAsyncEnumerable<int> Items(FlamePools flame) => flame.StreamAsync("a", ct => Count());
                public static Task Run(FlamePools flame, int n) => flame.CallAsync("a", async ct => await Cut("b"), default);
                static async IAsyncEnumerable<int> Count() { await Task.Yield(); yield return 1; }
            }
            """);
        var runtime = typeof(FlamePools).Assembly.Location;

        Assert.Empty(Check(run, runtime));
        Assert.Equal(
            ["App.Use.Cut", "Flame.FlameCaller.CallAsync", "Flame.FlameCaller.CallAsync", "Flame.FlameCaller.StreamAsync"],
            Check(WithoutInterceptors(run), runtime).Select(c => c.Method).Order(StringComparer.Ordinal));
        using var image = new MemoryStream();
        Assert.True(WithoutInterceptors(run).Emit(image).Success);
        image.Position = 0;
        using var check = new InterceptionCheck(image, null, [runtime], blocksOnly: true);
        Assert.Equal(3, check.Run().Count());
    }

    private static CSharpCompilation WithoutInterceptors(GeneratorRun run) =>
        run.Output.RemoveSyntaxTrees(run.Output.SyntaxTrees.Where(t => t.FilePath.EndsWith("Flame.Interceptors.g.cs", StringComparison.Ordinal)));

    private static LocalCall[] Check(GeneratorRun run, params string[] references) => Check(run.Output, references);

    private static LocalCall[] Check(CSharpCompilation compilation, params string[] references)
    {
        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        Assert.True(compilation.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb)).Success);
        image.Position = symbols.Position = 0;
        using var check = new InterceptionCheck(image, symbols, references);
        return [.. check.Run()];
    }
}
