using Flame.EndToEnd.Tests.Calls;

namespace Flame.EndToEnd.Tests.Processes;

public sealed class NestedTests
{
    [Theory]
    [InlineData("bare")]
    [InlineData("host")]
    public async Task Executors_boot_executors_of_their_own_for_what_they_send(string way)
    {
        await using var app = AppProcess.Start(way, "chain", "nested");
        var chain = (await app.NextAsync("chain")).Split(' ').Select(link => link.Split(':')).ToArray();
        Assert.Equal(["main/1", "main/1/main/1", "main/1/main/1/main/1"], chain.Select(link => link[0]));
        Assert.Equal(4, chain.Select(link => link[1]).Append($"{app.Id}").Distinct().Count());

        var here = string.Join(':', chain[0]);
        Assert.Equal($"{here} {here} main/1/main/1", await app.NextAsync("places"));
        Assert.Equal(0, await app.EndAsync());
        await app.NothingIsLeftAsync();
    }

    [Theory]
    [InlineData("bare")]
    [InlineData("host")]
    public async Task Executors_have_no_pools_unless_the_program_wants_it(string way)
    {
        await using var app = AppProcess.Start(way, "chain");
        Assert.StartsWith("InvalidOperationException FLM2001: This executor has no pools.", await app.NextAsync("failed"), StringComparison.Ordinal);
        Assert.StartsWith("InvalidOperationException FLM2001: This executor has no pools.", await app.NextAsync("failed"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("heed")]
    [InlineData("ignore")]
    public async Task Killed_executor_leaves_no_executor_of_its_own(string heed)
    {
        using var gate = new Gate();
        await using var app = AppProcess.Start("bare", "nest", "nested", heed, $"gate={gate.Port}");
        var (middle, inner) = await BothAsync(gate);
        Assert.Equal(3, app.Started().Count);

        await Signals.KillAsync(middle.Process);

        Assert.StartsWith("ExecutorLostException", await app.NextAsync("failed"), StringComparison.Ordinal);
        await app.NothingIsLeftAsync();
        await Signals.GoneAsync(inner.Child);
        Assert.Equal(0, await app.EndAsync());
    }

    [Theory]
    [InlineData("heed")]
    [InlineData("ignore")]
    public async Task Killed_parent_leaves_no_executor_of_any_depth(string heed)
    {
        using var gate = new Gate();
        await using var app = AppProcess.Start("bare", "nest", "nested", heed, "below=2", $"gate={gate.Port}");
        var held = await gate.NextAsync(3);
        Assert.Equal(4, app.Started().Count);

        await app.KillAsync();

        await app.NothingIsLeftAsync();
        await Signals.GoneAsync(held.Single(v => v.Child != 0).Child);
    }

    [Fact]
    public async Task Killed_executor_of_an_executor_fails_the_call_that_waits_for_it()
    {
        using var gate = new Gate();
        await using var app = AppProcess.Start("bare", "nest", "nested", "heed", $"gate={gate.Port}");
        var (middle, inner) = await BothAsync(gate);

        await Signals.KillAsync(inner.Process);
        middle.LetGo();

        var failure = await app.NextAsync("failed");
        Assert.Contains("ExecutorLostException", failure, StringComparison.Ordinal);
        Assert.Contains("main/1/main/1", failure, StringComparison.Ordinal);
        Assert.Equal(0, await app.EndAsync());
    }

    [Theory]
    [InlineData("bare")]
    [InlineData("host")]
    public async Task Executor_that_ends_lets_its_own_end_what_they_run(string way)
    {
        var folder = Directory.CreateTempSubdirectory();
        var file = Path.Combine(folder.FullName, "written");
        using var gate = new Gate();
        await using var app = AppProcess.Start(way, "hand-over", "nested", $"gate={gate.Port}", $"file={file}");
        var middle = int.Parse(await app.NextAsync("handed-over"));
        var inner = await gate.NextAsync();
        Assert.NotEqual(middle, inner.Process);

        // The program ends meanwhile. Nothing is to happen, and of that there is no event.
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.True(Signals.IsAlive(middle));
        inner.LetGo();

        Assert.Equal(0, await app.EndAsync());
        Assert.Equal("done", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        await app.NothingIsLeftAsync();
        folder.Delete(recursive: true);
    }

    private static async Task<(Gate.Visitor Middle, Gate.Visitor Inner)> BothAsync(Gate gate)
    {
        var both = await gate.NextAsync(2);
        return (both.Single(v => v.Child == 0), both.Single(v => v.Child != 0));
    }
}
