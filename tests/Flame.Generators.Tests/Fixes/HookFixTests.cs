using Flame.CodeFixes;
using static Flame.Generators.Tests.Fixes.FixTest;

namespace Flame.Generators.Tests.Fixes;

public sealed class HookFixTests
{
    [Fact]
    public Task An_async_void_hook_returns_a_task() => FixesAsync(
        new HookReturnFix(), "Return a Task",
        "public static class V { [FlameEnter] public static async void M() => await Task.Yield(); }",
        "public static class V { [FlameEnter] public static async Task M() => await Task.Yield(); }");

    [Theory]
    [InlineData("async Task<int> M() => await L()", "async Task M() => await L()")]
    [InlineData("async ValueTask<int> M() => await L()", "async ValueTask M() => await L()")]
    [InlineData("Task<int> M() => L()", "Task M() => L()")]
    [InlineData("Task<int> M() => Task.FromResult(1)", "Task M() => Task.FromResult(1)")]
    [InlineData("bool M() => Sync()", "void M() => Sync()")]
    public Task A_hook_returns_no_result(string before, string after) => FixesAsync(
        new HookReturnFix(), "Return no result",
        $"public static class V {{ [FlameEnter] public static {before}; static Task<int> L() => Task.FromResult(1); static bool Sync() => true; }}",
        $"public static class V {{ [FlameEnter] public static {after}; static Task<int> L() => Task.FromResult(1); static bool Sync() => true; }}");

    [Fact]
    public Task What_a_hook_does_for_its_result_is_still_done() => FixesAsync(
        new HookReturnFix(), "Return no result",
        """
        public static class V
        {
            static bool s_loaded;

            [FlameEnter]
            public static bool Load()
            {
                if (s_loaded) return s_loaded;
                if (Environment.ProcessorCount == 1) return Sync();
                Func<bool> again = () => { return true; };
                s_loaded = again();
                return Sync(); // at last
            }

            [FlameExit] public static void Unload() { }

            static bool Sync() => true;
        }
        """,
        """
        public static class V
        {
            static bool s_loaded;

            [FlameEnter]
            public static void Load()
            {
                if (s_loaded) return;
                if (Environment.ProcessorCount == 1) { Sync(); return; }
                Func<bool> again = () => { return true; };
                s_loaded = again();
                Sync(); // at last
            }

            [FlameExit] public static void Unload() { }

            static bool Sync() => true;
        }
        """);

    [Fact]
    public Task A_result_at_the_end_leaves_nothing_behind() => FixesAsync(
        new HookReturnFix(), "Return no result",
        """
        public static class V
        {
            [FlameExit]
            public static async Task<string> SaveAsync()
            {
                await Task.Yield();
                return "saved";
            }
        }
        """,
        """
        public static class V
        {
            [FlameExit]
            public static async Task SaveAsync()
            {
                await Task.Yield();
            }
        }
        """);

    [Theory]
    [InlineData("IEnumerable<int> M() => []")]
    [InlineData("async IAsyncEnumerable<int> M() { await Task.Yield(); yield return 1; }")]
    [InlineData("int M() => 1 + Environment.TickCount")]
    [InlineData("int M() { return 1 + Environment.TickCount; }")]
    [InlineData("ValueTask<int> M() => default")]
    [InlineData("void M(int count) { }")]
    public async Task A_hook_whose_author_must_decide_is_left_alone(string hook)
    {
        Assert.Empty(await TitlesAsync(new HookReturnFix(), $"public static class V {{ [FlameEnter] public static {hook}{(hook.EndsWith('}') ? "" : ";")} }}"));
    }
}
