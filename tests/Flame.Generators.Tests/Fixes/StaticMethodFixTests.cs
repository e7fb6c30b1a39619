using Flame.CodeFixes;
using static Flame.Generators.Tests.Fixes.FixTest;

namespace Flame.Generators.Tests.Fixes;

public sealed class StaticMethodFixTests
{
    [Fact]
    public Task A_method_of_a_struct_that_needs_no_instance_becomes_static_and_is_called_so() => FixesAsync(
        new StaticMethodFix(), "Make it static",
        GeneratorRun.Compile([
            """
            namespace App
            {
                public struct Videos
                {
                    [Flame] public readonly async Task<int> Cut(int a) { await Task.Yield(); return a; }

                    public Task Use() => Task.WhenAll(Cut(1), this.Cut(2));
                }
            }
            """,
            """
            public class User { readonly App.Videos _videos; /* See it. */ public Task Use() => _videos.Cut(1); public string Name => nameof(App.Videos.Cut); }
            """,
        ]),
        """
        namespace App
        {
            public struct Videos
            {
                [Flame] public static async Task<int> Cut(int a) { await Task.Yield(); return a; }

                public Task Use() => Task.WhenAll(Cut(1), Videos.Cut(2));
            }
        }
        """,
        """
        public class User { readonly App.Videos _videos; /* See it. */ public Task Use() => App.Videos.Cut(1); public string Name => nameof(App.Videos.Cut); }
        """);

    [Theory]
    [InlineData("public struct V { int _a; [Flame] public Task M() => Task.FromResult(_a); }")]
    [InlineData("public struct V(int a) { [Flame] public Task M() => Task.FromResult(a); }")]
    [InlineData("public struct V { [Flame] public Task M() => Task.FromResult(this); }")]
    [InlineData("public interface I { Task M(); } public struct V : I { [Flame] public Task M() => Task.CompletedTask; }")]
    [InlineData("public struct V { [Flame] public Task M() => Task.CompletedTask; static V Made() => default; static Task Use() => Made().M(); }")]
    [InlineData("public struct V { [Flame] public Task M() => Task.CompletedTask; static Task? Use(V? v) => v?.M(); }")]
    [InlineData("public partial struct V { [Flame] public partial Task M(); public partial Task M() => Task.CompletedTask; }")]
    public async Task A_method_that_needs_its_instance_stays(string source)
    {
        Assert.Empty(await TitlesAsync(new StaticMethodFix(), source));
    }
}
