using System.Text.RegularExpressions;

namespace Flame.EndToEnd.Tests.Processes;

public sealed class HostTests
{
    [Fact]
    public async Task A_bare_program_has_pools_and_ends_with_nothing_left()
    {
        await using var app = AppProcess.Start("bare", "where");

        await RunsElsewhereAsync(app);
        Assert.Equal("5", await app.NextAsync("sum"));
        Assert.Equal(0, await app.EndAsync());
        Assert.Empty(app.Started());
    }

    [Fact]
    public async Task An_executor_uses_the_container_configuration_and_logging_of_the_application()
    {
        await using var app = AppProcess.Start("host", "greet", "Name=there");

        Assert.Equal("hello there", await app.NextAsync("greeting"));
        Assert.Equal(0, await app.EndAsync());
        Assert.Contains("warn: Flame.Executor.main", app.Output, StringComparison.Ordinal);
        Assert.Contains("[main/1] Flame.EndToEnd.App.Greeter: greeting", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_executor_logs_before_its_link_is_up_arrives()
    {
        await using var app = AppProcess.Start("host", "where", "early-lines=2");

        Assert.Equal(0, await app.EndAsync());
        Assert.Contains("[main/1] Flame.EndToEnd.App.Greeter: early 0 ", app.Output, StringComparison.Ordinal);
        Assert.Contains("[main/1] Flame.EndToEnd.App.Greeter: early 1 ", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("FLM3012", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_executor_logs_before_its_link_is_up_beyond_the_bound_is_counted()
    {
        const int Lines = 200;
        await using var app = AppProcess.Start("host", "where", $"early-lines={Lines}");

        Assert.Equal(0, await app.EndAsync());
        var arrived = Regex.Count(app.Output, "\\[main/1\\] Flame.EndToEnd.App.Greeter: early [0-9]+ x");
        var told = Assert.Single(Regex.Matches(app.Output, "FLM3012 ([0-9]+) log lines of executor main/1 were dropped: more than 1 MiB came before the link was up"));
        Assert.Equal(Lines, arrived + int.Parse(told.Groups[1].Value));
    }

    [Fact]
    public async Task An_injected_interface_is_remote_in_the_parent_and_its_class_in_an_executor()
    {
        await using var app = AppProcess.Start("host", "inject", "max=1");

        var parent = await app.NextAsync("parent");
        var there = (await app.NextAsync("there")).Split(' ');
        Assert.NotEqual(parent, there[0]);
        Assert.Equal(["Desk", "True"], there[1..]);
        Assert.Equal(string.Join(' ', there), await app.NextAsync("there"));
        Assert.Equal($"{parent} False", await app.NextAsync("here"));
        Assert.Equal(0, await app.EndAsync());
    }

    [Fact]
    public async Task Hosted_services_start_in_executors_only_when_they_are_named()
    {
        await using var app = AppProcess.Start("host", "greet");

        // The others are not even made there.
        Assert.Equal("tool", await app.NextAsync("there"));
        Assert.Equal("ordinary made,ordinary,tool", await app.NextAsync("here"));
        Assert.Equal(0, await app.EndAsync());
        Assert.Contains("[main/1] tool stopped", app.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("all-goes-well")]
    [InlineData("stop-throws")]
    public async Task Hosted_services_in_executors_take_the_steps_of_a_host_in_its_order(string how)
    {
        await using var app = AppProcess.Start("host", "where", "steps", how);

        Assert.Equal(0, await app.EndAsync());
        var said = app.Output.Split('\n').Select(line => line.Trim())
            .Where(line => line.StartsWith("[main/1] first ", StringComparison.Ordinal) || line.StartsWith("[main/1] second ", StringComparison.Ordinal))
            .Select(line => line["[main/1] ".Length..]);
        Assert.Equal(
            [
                "first starting", "second starting", "first start", "second start", "first started", "second started",
                "second stopping", "first stopping", "second stop", "first stop", "second stopped", "first stopped",
            ],
            said);
        if (how == "stop-throws") Assert.Contains("FLM2107: an exit hook of executor main/1 failed: System.InvalidOperationException: first cannot stop", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_application_with_a_lifetime_of_its_own_does_not_start_in_executors()
    {
        await using var app = AppProcess.Start("host", "greet", "own-lifetime");

        Assert.DoesNotContain("ordinary,", await app.NextAsync("there") + ",", StringComparison.Ordinal);
        Assert.Equal(0, await app.EndAsync());
    }

    [Fact]
    public async Task A_stopping_host_ends_its_executors_before_its_services()
    {
        await using var app = AppProcess.Start("host", "where");

        Assert.Equal(0, await app.EndAsync());
        Assert.Empty(app.Started());
        var lines = app.Output.Split('\n').ToList();
        Assert.InRange(lines.FindIndex(l => l.Contains("FLM3006 main/1 is gone", StringComparison.Ordinal)), 1, lines.IndexOf("tool stopped") - 1);
    }

    [Fact]
    public async Task A_web_application_serves_and_its_executors_do_not()
    {
        await using var app = AppProcess.Start("web", "urls=http://127.0.0.1:0");
        var address = await app.NextAsync("listening");
        using var client = new HttpClient();

        var where = await client.GetStringAsync(address);

        var executor = int.Parse(where.Split(' ')[0]);
        Assert.Contains(executor, app.Started());
        Assert.Equal($"{executor} main/1", string.Join(' ', where.Split(' ')[..2]));
        Assert.True(Signals.Listens(app.Id));
        Assert.False(Signals.Listens(executor));

        // What stands between Build and Run runs in both.
        Assert.Contains($"built {app.Id}", app.Output, StringComparison.Ordinal);
        Assert.Contains($"[main/1] built {executor}", app.Output, StringComparison.Ordinal);

        await app.TermAsync();
        await app.NextAsync("ended");
        Assert.Equal(0, await app.EndAsync());
        Assert.Empty(app.Started());
    }

    internal static async Task<int> RunsElsewhereAsync(AppProcess app)
    {
        var parent = int.Parse(await app.NextAsync("parent"));
        var where = await app.NextAsync("where");
        Assert.EndsWith($"main/1 dynamic-code=", where[..(where.IndexOf('=') + 1)], StringComparison.Ordinal);
        var executor = int.Parse(where.Split(' ')[0]);
        Assert.NotEqual(parent, executor);
        return executor;
    }
}
