using System.Runtime.CompilerServices;
using Flame.EndToEnd.Tests.Calls;
using Flame.EndToEnd.Tests.Processes;

namespace Flame.EndToEnd.Tests.Assemblies;

/// <summary>Coming, going, and what goes wrong with it.</summary>
public sealed class LoadingTests
{
    private const string Census = """
        public static class Work
        {
            [Flame(Pool = "main")]
            public static Task<string[]> SayAsync()
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return Task.FromResult(System.Runtime.Loader.AssemblyLoadContext.All.Select(context => context.Name ?? "").ToArray());
            }
        }

        public static class Entry { public static Task<string[]> SayAsync() => Work.SayAsync(); }
        """;

    [Fact]
    public async Task Disposed_assembly_is_unloaded_here_and_on_its_executors()
    {
        await using var pools = await StartAsync();
        using var census = await LateCode.LoadAsync(LateCode.Compile(Census, "Census"));
        var gone = await UsedAsync();
        await Patience.UntilAsync(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !gone.IsAlive;
        });

        while ((await census.CallAsync("SayAsync")).Any(name => name.StartsWith("Late ", StringComparison.Ordinal))) TestContext.Current.CancellationToken.ThrowIfCancellationRequested();

        // Apart, so that nothing on this stack refers to it.
        [MethodImpl(MethodImplOptions.NoInlining)]
        async Task<WeakReference> UsedAsync()
        {
            using var late = await LateCode.LoadAsync(LateCode.Saying("one"));
            Assert.Equal("one", (await late.CallAsync("SayAsync"))[0]);
            Assert.Contains(await census.CallAsync("SayAsync"), name => name.StartsWith("Late ", StringComparison.Ordinal));
            return new WeakReference(late.Assembly);
        }
    }

    [Fact]
    public async Task Call_into_a_disposed_assembly_fails_and_one_that_runs_ends_well()
    {
        using var gate = new Gate();
        await using var pools = await StartAsync();
        var late = await LateCode.LoadAsync(LateCode.Saying("one"));
        var stays = late.CallAsync("StayAsync", gate.Port);
        var inside = await gate.NextAsync();
        late.Dispose();
        late.Dispose();
        var error = await Assert.ThrowsAsync<ObjectDisposedException>(() => late.CallAsync("SayAsync"));
        Assert.StartsWith("FLM2123: Work.SayAsync belongs to ", error.Message, StringComparison.Ordinal);
        inside.LetGo();
        Assert.Equal("one", (await stays)[0]);
    }

    [Fact]
    public async Task Same_bytes_are_one_assembly_until_each_who_loaded_them_is_done()
    {
        await using var pools = await StartAsync();
        var code = LateCode.Saying("one");
        var both = await Task.WhenAll(LateCode.LoadAsync(code), LateCode.LoadAsync(code));
        Assert.Same(both[0].Assembly, both[1].Assembly);
        both[0].Dispose();
        both[0].Dispose();
        Assert.Equal("one", (await both[0].CallAsync("SayAsync"))[0]);
        both[1].Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => both[0].CallAsync("SayAsync"));
    }

    [Fact]
    public async Task What_is_no_assembly_is_refused()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => FlameAssembly.LoadAsync(new byte[] { 1, 2, 3 }, ct: TestContext.Current.CancellationToken));
        Assert.StartsWith("FLM2120: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hooks_that_would_never_run_are_refused()
    {
        var hooked = LateCode.Compile("public static class Work { [FlameEnter] public static void Enter() { } [Flame(Pool = \"main\")] public static Task RunAsync() => Task.CompletedTask; }");
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => LateCode.LoadAsync(hooked));
        Assert.Contains("FLM2121: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_an_executor_cannot_load_is_loaded_nowhere_and_the_executor_lives()
    {
        await using var pools = await StartAsync();
        var process = await Sums.ProcessAsync();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => LateCode.LoadAsync(LateCode.Compile("""
            public static class Start
            {
                [System.Runtime.CompilerServices.ModuleInitializer]
                internal static void Run() { if (FlameParent.Current is not null) throw new InvalidDataException("not here"); }
            }
            """)));
        Assert.StartsWith("FLM2122: Executor main/1 could not load Late, so it is loaded nowhere: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("not here", error.Message, StringComparison.Ordinal);
        Assert.Equal(process, await Sums.ProcessAsync());

        // One that boots now is not given it.
        await Signals.KillAsync(process);
        await Patience.UntilAsync(() => pools["main"].GetStats().Ready == 0);
        Assert.NotEqual(process, await Sums.ProcessAsync());
    }

    [Fact]
    public async Task One_that_is_larger_than_a_payload_may_be_says_so()
    {
        await using var pools = await TestPools.StartAsync(f => f.AddPool("main", p => p.MaxPayloadSize = 1024));
        await Sums.ProcessAsync();
        var error = await Assert.ThrowsAsync<PayloadException>(() => LateCode.LoadAsync(LateCode.Saying("one")));
        Assert.Contains("Flame.LoadAssembly", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Executor_that_is_lost_while_it_loads_holds_nobody_up()
    {
        using var gate = new Gate();
        await using var pools = await StartAsync();
        var process = await Sums.ProcessAsync();
        var loading = LateCode.LoadAsync(LateCode.Compile($$"""
            public static class Start
            {
                [System.Runtime.CompilerServices.ModuleInitializer]
                internal static void Run()
                {
                    if (Environment.ProcessId != {{process}}) return;
                    using var client = new System.Net.Sockets.TcpClient("127.0.0.1", {{gate.Port}});
                    client.GetStream().Write(BitConverter.GetBytes((long)Environment.ProcessId));
                    client.GetStream().ReadByte();
                }
            }
            """));
        var inside = await gate.NextAsync();
        Assert.False(loading.IsCompleted);
        await Signals.KillAsync(inside.Process);
        using var late = await loading;
        Assert.NotEqual(process, await Sums.ProcessAsync());
    }

    private static Task<FlamePools> StartAsync() => TestPools.StartAsync(f => f.AddPool("main", p => (p.Max, p.MaxConcurrency) = (1, 4)));
}
