using Flame.CodeFixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using static Flame.Generators.Tests.Fixes.FixTest;

namespace Flame.Generators.Tests.Fixes;

public sealed class LocalFunctionFixTests
{
    [Fact]
    public Task A_local_function_becomes_a_method_behind_its_own() => FixesAsync(
        new LocalFunctionFix(), "Make it a method",
        """
        namespace App
        {
            public class Videos
            {
                public async Task<int> Run(string path)
                {
                    var length = await Cut(path, count: 1);
                    return length;

                    // Cuts it.
                    [Flame(Pool = "gpu")]
                    static async Task<int> Cut(string text, int count)
                    {
                        await Task.Yield();
                        return count == 0 ? text.Length : await Cut(text, count: count - 1);
                    }
                }

                public int Other => 1;
            }
        }
        """,
        """
        namespace App
        {
            public class Videos
            {
                public async Task<int> Run(string path)
                {
                    var length = await Cut(path, count: 1);
                    return length;
                }

                // Cuts it.
                [Flame(Pool = "gpu")]
                internal static async Task<int> Cut(string text, int count)
                {
                    await Task.Yield();
                    return count == 0 ? text.Length : await Cut(text, count: count - 1);
                }

                public int Other => 1;
            }
        }
        """);

    [Fact]
    public Task A_local_function_that_captures_nothing_need_not_say_so() => FixesAsync(
        new LocalFunctionFix(), "Make it a method",
        """
        public class V
        {
            static int s_count;

            public Task P
            {
                get
                {
                    [Flame] Task Cut() { s_count++; return Task.CompletedTask; }
                    return Cut();
                }
            }
        }
        """,
        """
        public class V
        {
            static int s_count;

            public Task P
            {
                get
                {
                    return Cut();
                }
            }

            [Flame] internal static Task Cut() { s_count++; return Task.CompletedTask; }
        }
        """);

    [Fact]
    public Task A_function_of_a_program_without_a_class_moves_into_its_own_part_of_it() => FixesAsync(
        new LocalFunctionFix(), "Make it a method",
        Program("""
            await Cut("a");

            // Cuts it.
            [Flame] static Task Cut(string path) => Task.CompletedTask;

            record Clip(string Path);

            """),
        """
        await Cut("a");

        record Clip(string Path);

        partial class Program
        {
            // Cuts it.
            [Flame] internal static Task Cut(string path) => Task.CompletedTask;
        }

        """);

    [Fact]
    public async Task A_function_of_a_program_that_uses_its_variables_stays()
    {
        Assert.Empty(await TitlesAsync(new LocalFunctionFix(), Program("""
            var path = "a";
            await Cut();
            [Flame] Task Cut() => Task.FromResult(path);
            """)));
    }

    [Theory]
    [InlineData("int x = 1; [Flame] Task L() => Task.FromResult(x);")]
    [InlineData("const int X = 1; [Flame] static Task L() => Task.FromResult(X);")]
    [InlineData("[Flame] Task L() => Task.FromResult(argument);")]
    [InlineData("[Flame] Task L() => Task.FromResult(_field);")]
    [InlineData("[Flame] Task L() => Task.FromResult(this);")]
    [InlineData("[Flame] Task L() => Task.FromResult(given);")]
    [InlineData("[Flame] static Task L() => Inner(); static Task Inner() => Task.CompletedTask;")]
    [InlineData("[Flame] static Task L(T a) => Task.CompletedTask;")]
    [InlineData("[Flame] static Task Taken() => Task.CompletedTask;")]
    [InlineData("[Flame] static Task GetType() => Task.CompletedTask;")]
    [InlineData("[Flame] static Task V() => Task.CompletedTask;")]
    public async Task A_local_function_that_needs_its_surroundings_or_whose_name_is_taken_stays(string code)
    {
        Assert.Empty(await TitlesAsync(
            new LocalFunctionFix(), $"public class V(int given) {{ int _field = given; int Taken(int a) => a; void M<T>(int argument, T other) {{ {code} }} }}"));
    }

    private static CSharpCompilation Program(string source)
    {
        var compilation = GeneratorRun.Compile([source]);
        return compilation.WithOptions(compilation.Options.WithOutputKind(OutputKind.ConsoleApplication));
    }
}
