using System.Net;
using Flame.Backends;
using Flame.EndToEnd.Tests.Calls;
using Flame.Wire;

namespace Flame.EndToEnd.Tests.Processes;

/// <summary>Two builds of one program at the same time and place: they never work for each other.</summary>
public sealed class SkewTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Build_that_is_deployed_over_a_running_parent_is_refused_in_one_line_on_both_sides(bool back)
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var (before, after) = back ? (AppProcess.NextPath, AppProcess.Path) : (AppProcess.Path, AppProcess.NextPath);
            Deploy(before, folder);
            await using var app = AppProcess.Start(Path.Combine(folder.FullName, "Flame.EndToEnd.App"), ["web", "urls=http://127.0.0.1:0", "max=1"]);
            using var client = new HttpClient { BaseAddress = new Uri(await app.NextAsync("listening")) };
            Deploy(after, folder);

            using var answer = await client.GetAsync("/build").Patiently();

            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.StartsWith("BootFailedException FLM2008", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            await app.TermAsync();
            Assert.Equal(0, await app.EndAsync());
            var lines = app.Output.Split('\n').Select(line => line.Trim()).ToArray();
            var parents = Assert.Single(lines, line => line.StartsWith("FLM3010 a connection was refused (1 so far): FLM2104", StringComparison.Ordinal));
            var executors = Assert.Single(lines, line => line.StartsWith("[main/1] FLM2104", StringComparison.Ordinal));
            Assert.EndsWith(executors["[main/1] ".Length..], parents, StringComparison.Ordinal);
            Assert.Contains("Flame.EndToEnd.App ", executors, StringComparison.Ordinal);
            Assert.Empty(app.Started());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Rolling_deploy_of_two_parents_never_mixes_their_builds()
    {
        string[] load = ["host", "load", "stay", "max=2", "concurrency=4", "shutdown=60"];
        await using var first = AppProcess.Start(AppProcess.Path, load);
        await first.NextAsync("loaded");
        await using var next = AppProcess.Start(AppProcess.NextPath, load);
        await next.NextAsync("loaded");

        await first.TermAsync();
        Assert.Equal(0, await first.EndAsync());
        Assert.Empty(first.Started());
        Assert.Equal(2, next.Started().Count);
        await next.TermAsync();
        Assert.Equal(0, await next.EndAsync());

        Assert.EndsWith(" refused=12 failed=0 builds=first", DeployTests.LoadOf(first), StringComparison.Ordinal);
        Assert.EndsWith(" refused=12 failed=0 builds=next", DeployTests.LoadOf(next), StringComparison.Ordinal);
        foreach (var app in (AppProcess[])[first, next]) Assert.DoesNotContain("FLM3010", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_of_one_parent_is_refused_by_another_and_its_own_executor_still_comes_in()
    {
        var log = new LogRecorder();
        var (one, other) = (new HeldBackend(), new HeldBackend());
        await using var pools = await TestPools.StartAsync(f => f.UseBackend(one));
        await using var others = await TestPools.StartAsync(f => f.UseBackend(other), log);
        var calls = (Call(pools), Call(others));
        var (here, there) = (FlameParent.Parse(await one.Variable.Patiently()), FlameParent.Parse(await other.Variable.Patiently()));
        Assert.Equal(here.Executor, there.Executor);
        Assert.Equal(BuildId.Current.Hash, there.BuildId);
        Assert.NotEqual(Path.GetDirectoryName(here.Endpoints[0]), Path.GetDirectoryName(there.Endpoints[0]));

        var lost = here with { Endpoints = there.Endpoints };
        await using var stray = await new LocalProcessBackend().StartAsync(new BootRequest("main", "main/1", lost.Encode(), _ => { }), CancellationToken.None);

        Assert.StartsWith("exited with code 71; last output: FLM2103: ", (await stray.Exited.Patiently()).Reason, StringComparison.Ordinal);
        await log.WhenAsync("FLM3010 a connection was refused (1 so far): FLM2103");
        one.LetGo();
        other.LetGo();
        Assert.Equal((5, 5), (await calls.Item1.Patiently(), await calls.Item2.Patiently()));

        static Task<int> Call(FlamePools pools)
        {
            using var use = pools.Use();
            return Sums.AddAsync(2, 3);
        }
    }

    /// <summary>As a deploy does it that leaves what runs alone: a new file takes the place of each old one.</summary>
    private static void Deploy(string program, DirectoryInfo folder)
    {
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(program)!))
        {
            var target = Path.Combine(folder.FullName, Path.GetFileName(file));
            File.Copy(file, target + ".new");
            File.Move(target + ".new", target, overwrite: true);
        }
    }

    /// <summary>Shows what an executor would be told, and starts it when it is let go.</summary>
    private sealed class HeldBackend : FlameBackend
    {
        private readonly LocalProcessBackend _local = new();
        private readonly TaskCompletionSource<string> _variable = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override string Name => _local.Name;

        public Task<string> Variable => _variable.Task;

        public void LetGo() => _go.TrySetResult();

        public override async Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct)
        {
            _variable.TrySetResult(request.ParentVariable);
            await _go.Task.WaitAsync(ct);
            return await _local.StartAsync(request, ct);
        }
    }
}
