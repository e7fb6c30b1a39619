using Flame.EndToEnd.Tests.Calls;

namespace Flame.EndToEnd.Tests.Processes;

public sealed class DetachedTests : IDisposable
{
    // What an executor without a parent has, when nothing of it is detached.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly Gate _gate = new();

    private string Written => Path.Combine(_folder.FullName, "written");

    [Theory]
    [InlineData("bare")]
    [InlineData("host")]
    public async Task Detached_call_ends_as_it_would_when_its_parent_is_killed(string way)
    {
        await using var app = Start(way, "timeout=00:10:00", "shutdown=1");
        var call = await _gate.NextAsync();

        await app.KillAsync();

        // Nothing is to happen, and of that there is no event.
        await Task.Delay(s_limit, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.False(File.Exists(Written));
        call.LetGo();

        await app.NothingIsLeftAsync();
        Assert.Equal("done", await File.ReadAllTextAsync(Written, TestContext.Current.CancellationToken));
        await Signals.GoneAsync(call.Child);
        Assert.Equal($"{call.Process}", Assert.Single(_folder.GetDirectories("hooks").Single().GetFiles()).Name);
    }

    [Theory]
    [InlineData("timeout=00:00:02", "shutdown=600")]
    [InlineData("", "shutdown=2")]
    public async Task Detached_call_is_stopped_when_its_own_limit_is_reached(string timeout, string shutdown)
    {
        await using var app = Start("bare", timeout, shutdown);
        var call = await _gate.NextAsync();

        await app.KillAsync();

        await app.NothingIsLeftAsync();
        Assert.Equal("stopped", await File.ReadAllTextAsync(Written, TestContext.Current.CancellationToken));
        await Signals.GoneAsync(call.Child);
    }

    [Fact]
    public async Task Detached_call_goes_on_when_its_parent_ends_without_waiting_any_longer()
    {
        await using var app = Start("host", "stay", "timeout=00:10:00", "shutdown=1");
        var call = await _gate.NextAsync();

        await app.TermAsync();
        Assert.Contains("goes on without it", await app.NextAsync("failed"), StringComparison.Ordinal);
        await app.NextAsync("ended");
        Assert.Equal(0, await app.EndAsync());
        Assert.False(File.Exists(Written));
        call.LetGo();

        await app.NothingIsLeftAsync();
        Assert.Equal("done", await File.ReadAllTextAsync(Written, TestContext.Current.CancellationToken));
    }

    public void Dispose()
    {
        _gate.Dispose();
        _folder.Delete(recursive: true);
    }

    private AppProcess Start(string way, params string[] more) =>
        AppProcess.Start([way, "detach", $"gate={_gate.Port}", $"file={Written}", $"exit-notes={_folder.CreateSubdirectory("hooks")}", .. more]);
}
