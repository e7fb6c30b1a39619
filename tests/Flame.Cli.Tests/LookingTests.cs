using Flame.Cli.Tests.Running;

namespace Flame.Cli.Tests;

/// <summary>The verbs that look, at a program that runs, in both forms.</summary>
public sealed class LookingTests(ViewedProgram program) : IClassFixture<ViewedProgram>
{
    private Machine Machine => program.Machine;

    [Fact]
    public async Task Ps_lists_pools_and_executors_in_stable_columns()
    {
        var result = await Machine.FlameAsync("ps");
        Assert.Equal(ExitCodes.Fine, result.Exit);
        var rows = result.Cells;
        Assert.Equal(["PID", "PROGRAM", "POOL", "BACKEND", "QUEUED", "BOOTING", "IDLE", "BUSY", "DRAINING", "MAX", "CALLS", "WAITS FOR"], rows[0]);
        Assert.Equal(["cpu", "default", "gpu"], rows.Skip(1).Take(3).Select(static row => row[2]));
        Assert.Equal(["local", "0", "0", "0", "1", "0", "2", "1", "-"], rows.Single(static row => row[2] == "gpu")[3..]);
        Assert.Equal(["PID", "EXECUTOR", "WHERE", "STATE", "CALLS", "AGE", "BOOT", "CPU", "MEMORY", "REMARK"], rows[4]);
        Assert.Equal(["gpu/1", "busy"], [rows[5][1], rows[5][3]]);
        Assert.DoesNotMatch("[\u2500-\u257f\u001b]", result.Output);
    }

    [Fact]
    public async Task Ps_as_objects_has_the_process_and_its_pools()
    {
        var process = Assert.Single(await Machine.ObjectsAsync("ps")).GetProperty("process");
        Assert.Equal(program.Parent.Id, process.GetProperty("process").GetInt32());
        var gpu = process.GetProperty("pools").EnumerateArray().Single(static pool => pool.GetProperty("name").GetString() == "gpu");
        Assert.Equal(1, gpu.GetProperty("busy").GetInt32());
        Assert.Equal("gpu/1", gpu.GetProperty("executors")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Calls_are_listed_newest_first_and_by_state()
    {
        var all = await Machine.FlameAsync("calls", "ls");
        Assert.Equal(["ID", "POOL", "METHOD", "TAG", "STATE", "EXECUTOR", "BEGAN", "TOOK", "ITEMS", "ERROR"], all.Cells[0]);
        Assert.Equal(["Sweep.TrainAsync", "held", "running", "gpu/1"], all.Cells[1][2..6]);
        Assert.Equal(["Sweep.LoadAsync", "-", "failed"], all.Cells[2][2..5]);
        Assert.Contains("on-purpose", all.Cells[2][9]);

        var failed = Assert.Single(await Machine.ObjectsAsync("calls", "ls", "--state", "failed")).GetProperty("call");
        Assert.Equal("Sweep.LoadAsync", failed.GetProperty("method").GetString());
        Assert.Single((await Machine.FlameAsync("calls", "ls", "--pool", "cpu")).Lines);
        Assert.Equal(ExitCodes.NotFound, (await Machine.FlameAsync("calls", "ls", "--pool", "nope")).Exit);
    }

    [Fact]
    public async Task One_call_is_shown_with_its_phases_and_its_arguments_and_no_secret()
    {
        var id = await Machine.CallAsync("held");
        var shown = await Machine.FlameAsync("calls", "show", id, "--arguments");
        Assert.Equal(ExitCodes.Fine, shown.Exit);
        Assert.Contains(shown.Cells, static row => row is ["tag", "held"]);
        Assert.Contains(shown.Cells, static row => row is ["argument name", var text] && text.Contains("held", StringComparison.Ordinal));
        Assert.Contains(shown.Cells, static row => row is ["run", ..]);
        Assert.DoesNotContain("hunter2", shown.Output);

        var objects = await Machine.ObjectsAsync("calls", "show", id, "--arguments");
        Assert.Equal("running", objects[0].GetProperty("call").GetProperty("state").GetString());
        Assert.Contains(objects.Skip(1), static o => o.GetProperty("argument").GetProperty("name").GetString() == "password");
    }

    [Fact]
    public async Task Logs_are_those_of_executors_and_move_no_cursor()
    {
        var lines = (await Machine.FlameAsync("logs")).Lines;
        Assert.Contains(lines, static line => line.EndsWith(" gpu/1 stdout: one-line", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.Contains("the-cursor", StringComparison.Ordinal));
        Assert.All(lines, static line => Assert.DoesNotContain('\u001b', line));

        var ofCall = await Machine.ObjectsAsync("logs", "--call", await Machine.CallAsync("held"));
        Assert.Equal(["holding held"], ofCall.Select(static o => o.GetProperty("line").GetProperty("text").GetString()));
        Assert.Empty((await Machine.FlameAsync("logs", "--executor", "gpu/99")).Output);
    }

    [Fact]
    public async Task Pool_is_shown_with_the_sources_of_its_options()
    {
        var shown = await Machine.FlameAsync("pool", "show", "gpu");
        Assert.Equal("gpu", shown.Cells[1][2]);
        Assert.DoesNotContain("cpu", shown.Output);

        var options = (await Machine.FlameAsync("pool", "show", "gpu", "--explain")).Cells;
        Assert.Equal(["POOL", "OPTION", "VALUE", "FROM", "LIVE"], options[0]);
        Assert.Contains(options, static row => row is ["gpu", "Max", "2", ..]);
        Assert.Contains(await Machine.ObjectsAsync("pool", "show", "--explain"), static o => o.GetProperty("pool").GetString() == "cpu" && o.GetProperty("option").GetProperty("name").GetString() == "Max");
        Assert.Equal(ExitCodes.NotFound, (await Machine.FlameAsync("pool", "show", "nope")).Exit);
    }

    [Fact]
    public async Task Cost_is_seconds_and_with_prices_money()
    {
        Assert.Equal(["POOL", "METHOD", "TAG", "CALLS", "SECONDS", "MONEY"], (await Machine.FlameAsync("cost")).Cells[0]);
        var byMethod = (await Machine.ObjectsAsync("cost", "--by", "method")).Select(static o => o.GetProperty("cost").GetProperty("method").GetString());
        Assert.Contains("Sweep.ScoreAsync", byMethod);

        var prices = Path.Combine(Machine.Folder, "prices.json");
        await File.WriteAllTextAsync(prices, """{"currency": "EUR", "perHour": {"GPU": 3600, "*": 0}}""", TestContext.Current.CancellationToken);
        var gpu = (await Machine.ObjectsAsync("cost", "--prices", prices)).Select(static o => o.GetProperty("cost")).Single(static cost => cost.GetProperty("pool").GetString() == "gpu");
        Assert.Equal(gpu.GetProperty("seconds").GetDouble(), gpu.GetProperty("money").GetDouble(), 3);
        Assert.Equal("EUR", gpu.GetProperty("currency").GetString());

        await File.WriteAllTextAsync(prices, "{}", TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Usage, (await Machine.FlameAsync("cost", "--prices", prices)).Exit);
    }

    [Fact]
    public async Task Top_off_a_terminal_is_plain_blocks()
    {
        var result = await Machine.FlameAsync("top", "-n", "2");
        Assert.Equal(ExitCodes.Fine, result.Exit);
        Assert.Equal(2, result.Lines.Count(static line => line.StartsWith("PID  ", StringComparison.Ordinal) && line.Contains("POOL", StringComparison.Ordinal)));
        Assert.Contains("held", result.Output);
        Assert.DoesNotMatch("[\u2500-\u257f\u001b]", result.Output);
        Assert.Equal(2, (await Machine.ObjectsAsync("top", "-n", "2")).Length);
    }

    [Fact]
    public async Task Top_on_a_terminal_draws_and_q_quits_and_leaves_the_screen_as_it_was()
    {
        if (!File.Exists("/usr/bin/script")) Assert.Skip("script of util-linux is not here");
        await using var top = new Child("/usr/bin/script", ["-qec", $"stty rows 40 cols 160; {Machine.Tool} top", "/dev/null"], Machine.Environment);
        await top.NextAsync("q quits");
        await top.NextAsync("held");
        await top.Input.WriteAsync('q');
        await top.Input.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Fine, await top.EndAsync());
        Assert.Contains("\u001b[?1049h", top.Output);
        Assert.EndsWith("\u001b[?1049l", top.Output.TrimEnd('\n', '\r'));
    }

    [Fact]
    public async Task Tables_on_a_terminal_have_colours_unless_they_are_not_wanted()
    {
        if (!File.Exists("/usr/bin/script")) Assert.Skip("script of util-linux is not here");
        var drawn = await Machine.RunAsync("/usr/bin/script", "-qec", $"{Machine.Tool} calls ls", "/dev/null");
        Assert.Matches("\u001b\\[[0-9;]*m", drawn.Output);
        var without = await Machine.RunAsync("/usr/bin/script", "-qec", $"{Machine.Tool} calls ls --no-color", "/dev/null");
        Assert.DoesNotMatch("\u001b\\[[0-9;]*3[0-9]m", without.Output);
    }

    [Fact]
    public async Task Completion_knows_verbs_and_the_names_of_what_runs()
    {
        Assert.Contains("show", await SuggestAsync("calls "));
        Assert.Contains("gpu", await SuggestAsync("pool show "));
        Assert.Contains("gpu/1", await SuggestAsync("exec "));
        Assert.Contains(await Machine.CallAsync("held"), await SuggestAsync("calls cancel "));
        Assert.Contains("FLM2004", await SuggestAsync("explain FLM20"));
        Assert.Contains(program.Parent.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), await SuggestAsync("ps --parent "));

        async Task<string[]> SuggestAsync(string line) => (await Machine.FlameAsync($"[suggest:{line.Length}]", line)).Lines;
    }

    [Fact]
    public async Task Completion_in_a_real_shell_completes_a_pool()
    {
        var script = (await Machine.FlameAsync("completion", "bash")).Output;
        var file = Path.Combine(Machine.Folder, "completion.bash");
        await File.WriteAllTextAsync(file, script, TestContext.Current.CancellationToken);
        var ask = $"source {file}; COMP_LINE='flame pool show gp'; COMP_POINT=${{#COMP_LINE}}; COMP_WORDS=({Machine.Tool} pool show gp); _flame; printf '%s\\n' \"${{COMPREPLY[@]}}\"";
        var completed = await Machine.RunAsync("bash", "-c", ask);
        Assert.Equal(["gpu"], completed.Lines);
        foreach (var shell in new[] { "zsh", "fish", "pwsh" }) Assert.Contains("[suggest:", (await Machine.FlameAsync("completion", shell)).Output);
    }
}
