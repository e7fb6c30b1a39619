using Flame.Executor;
using Flame.EndToEnd.Tests.Calls;
using Flame.EndToEnd.Tests.Processes;

namespace Flame.EndToEnd.Tests.Assemblies;

/// <summary>Code that comes while the program runs, and comes again.</summary>
public sealed class VersionTests
{
    [Fact]
    public async Task New_version_reaches_an_executor_that_is_up_and_what_runs_there_ends_on_the_old_one()
    {
        using var gate = new Gate();
        await using var pools = await StartAsync(max: 1);
        using var first = await LateCode.LoadAsync(LateCode.Saying("one"));
        var stays = first.CallAsync("StayAsync", gate.Port);
        var inside = await gate.NextAsync();

        using var second = await LateCode.LoadAsync(LateCode.Saying("two"));
        Assert.Equal(["two", "main/1", $"{inside.Process}"], await second.CallAsync("SayAsync"));
        Assert.Equal(["one", "main/1", $"{inside.Process}"], await first.CallAsync("SayAsync"));

        inside.LetGo();
        Assert.Equal(["one", "main/1", $"{inside.Process}"], await stays);
        Assert.Equal(1, pools["main"].GetStats().Ready);
    }

    [Fact]
    public async Task Executor_that_comes_later_has_all_that_was_loaded_before_its_first_call()
    {
        await using var pools = await StartAsync(max: 1);
        using var first = await LateCode.LoadAsync(LateCode.Saying("one"));
        using var second = await LateCode.LoadAsync(LateCode.Saying("two"));
        var said = await second.CallAsync("SayAsync");
        Assert.Equal(["two", "main/1"], said[..2]);

        await Signals.KillAsync(int.Parse(said[2]));
        await Patience.UntilAsync(() => pools["main"].GetStats().Ready == 0);

        Assert.Equal(["one", "main/2"], (await first.CallAsync("SayAsync"))[..2]);
        Assert.Equal(["two", "main/2"], (await second.CallAsync("SayAsync"))[..2]);
    }

    [Fact]
    public async Task Assembly_calls_the_version_of_another_that_was_there_when_it_came()
    {
        await using var pools = await StartAsync(max: 1);
        Assert.Equal(5, await Sums.AddAsync(2, 3));
        var old = LateCode.Compile("public static class Words { public static string Of() => \"old\"; }", "Words");
        const string Caller = """
            public static class Work { [Flame(Pool = "main")] public static Task<string[]> SayAsync() => Task.FromResult(new[] { Words.Of() }); }
            public static class Entry { public static Task<string[]> SayAsync() => Work.SayAsync(); }
            """;
        var words = await LateCode.LoadAsync(old);
        using var caller = await LateCode.LoadAsync(LateCode.Compile(Caller, "Caller", old));
        using var newer = await LateCode.LoadAsync(LateCode.Compile("public static class Words { public static string Of() => \"new\"; }", "Words"));
        using var next = await LateCode.LoadAsync(LateCode.Compile(Caller + " // again", "Caller", old));

        // What it was compiled against stays as long as it does, whoever else needs it no more.
        words.Dispose();
        Assert.Equal(["old"], await caller.CallAsync("SayAsync"));
        Assert.Equal(["new"], await next.CallAsync("SayAsync"));
    }

    [Fact]
    public async Task Blocks_models_streams_and_exceptions_of_late_code_travel_as_those_of_the_program()
    {
        await using var pools = await StartAsync(max: 1);
        using var late = await LateCode.LoadAsync(LateCode.Compile("""
            [MemoryPack.MemoryPackable] public partial record Pair(int Number, string Name);

            public static class Work
            {
                [Flame(Pool = "main")] public static Task<Pair> NextAsync(Pair pair) => Task.FromResult(pair with { Number = pair.Number + 1 });

                [Flame(Pool = "main")]
                public static async IAsyncEnumerable<int> CountAsync(int to) { for (var i = 0; i < to; i++) { await Task.Yield(); yield return i; } }

                [Flame(Pool = "main")] public static Task FailAsync() => throw new InvalidDataException("it is empty");
            }

            public static class Entry
            {
                public static async Task<string[]> AllAsync()
                {
                    var captured = 6;
                    var block = await FlamePools.Current.CallAsync("main", () => captured * 7);
                    var items = await Work.CountAsync(3).ToListAsync();
                    try { await Work.FailAsync(); }
                    catch (InvalidDataException e) { return [$"{block}", $"{items.Count}", $"{await Work.NextAsync(new Pair(1, "a"))}", e.Message]; }
                    return [];
                }
            }
            """));
        Assert.Equal(["42", "3", "Pair { Number = 2, Name = a }", "it is empty"], await late.CallAsync("AllAsync"));
    }

    [Fact]
    public async Task Executor_of_an_executor_has_what_came_before_it_and_after_it()
    {
        using var nested = new Inherited(TestPools.PoolsInExecutors, "1");
        await using var pools = await StartAsync(max: 1);
        const string Source = """
            public static class Work
            {
                [Flame(Pool = "main")] public static Task<string[]> OuterAsync() => Work.Remote.InnerAsync();

                [Flame(Pool = "main")] public static Task<string[]> InnerAsync() => Task.FromResult(new[] { "WORDS", FlameParent.Current!.Executor });
            }

            public static class Entry { public static Task<string[]> SayAsync() => Work.OuterAsync(); }
            """;
        using var first = await LateCode.LoadAsync(LateCode.Compile(Source.Replace("WORDS", "one")));
        Assert.Equal(["one", "main/1/main/1"], await first.CallAsync("SayAsync"));
        using var second = await LateCode.LoadAsync(LateCode.Compile(Source.Replace("WORDS", "two")));
        Assert.Equal(["two", "main/1/main/1"], await second.CallAsync("SayAsync"));
        Assert.Equal(["one", "main/1/main/1"], await first.CallAsync("SayAsync"));
    }

    [Fact]
    public async Task Executors_in_this_process_run_it_without_being_sent_it()
    {
        await using var pools = await TestPools.StartAsync(f => f.AddPool("main", backend: new InProcessBackend()));
        Assert.Equal(5, await Sums.AddAsync(2, 3));
        var code = LateCode.Saying("here");
        for (var times = 0; times < 3; times++)
        {
            // What is told of one that is gone must not be taken for the same that has come again.
            using var late = await LateCode.LoadAsync(code);
            Assert.Equal(["here", "nowhere", $"{Environment.ProcessId}"], await late.CallAsync("SayAsync"));
        }
    }

    private static Task<FlamePools> StartAsync(int max) =>
        TestPools.StartAsync(f => f.AddPool("main", p => (p.Max, p.MaxConcurrency) = (max, 4)));
}
