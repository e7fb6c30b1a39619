using Flame.Cli.Tests.Running;

namespace Flame.Cli.Tests;

/// <summary>The verbs that change something, each on a program of its own.</summary>
public sealed class ChangingTests : IAsyncLifetime
{
    private readonly Machine _machine = new();
    private Child _parent = null!;

    public async ValueTask InitializeAsync() => _parent = await _machine.StartAsync();

    public async ValueTask DisposeAsync() => await _machine.DisposeAsync();

    [Fact]
    public async Task Cancelled_call_ends_and_no_other_does()
    {
        await HoldAsync("one");
        await HoldAsync("two");
        var id = await _machine.CallAsync("one");
        var cancelled = await _machine.FlameAsync("calls", "cancel", id);
        Assert.Equal(ExitCodes.Fine, cancelled.Exit);
        Assert.Equal($"call {id} was cancelled", cancelled.Output.Trim());
        await _parent.NextAsync("ended one");

        var calls = (await _machine.ObjectsAsync("calls", "ls")).Select(static o => o.GetProperty("call"));
        Assert.Equal("running", calls.Single(static call => call.GetProperty("tag").GetString() == "two").GetProperty("state").GetString());
        var again = await _machine.FlameAsync("calls", "cancel", id, "--json");
        Assert.Equal(ExitCodes.Failed, again.Exit);
        Assert.Equal("FLM5008", again.Objects.Single().GetProperty("error").GetProperty("id").GetString());
        Assert.DoesNotContain("ended two", _parent.Output);
    }

    [Fact]
    public async Task Pool_that_is_given_more_room_grows_while_calls_wait()
    {
        KnobsAreThere();
        await _machine.ObjectsAsync("pool", "set", "gpu", "Max=1");
        await HoldAsync("one");
        await _parent.Input.WriteLineAsync("hold two");
        var set = await _machine.FlameAsync("pool", "set", "gpu", "Max=2");
        Assert.Equal(["gpu", "Max", "2"], set.Cells[1][..3]);
        await _parent.NextAsync("running two");
    }

    [Fact]
    public async Task Wrong_values_leave_a_pool_as_it_is()
    {
        KnobsAreThere();
        var wrong = await _machine.FlameAsync("pool", "set", "gpu", "Max=0", "Buffer=1");
        Assert.Equal(ExitCodes.Failed, wrong.Exit);
        Assert.StartsWith("FLM5007", wrong.Error);
        Assert.Contains("FLM1003", wrong.Error);
        Assert.Equal(ExitCodes.Usage, (await _machine.FlameAsync("pool", "set", "gpu", "Max")).Exit);
        var options = (await _machine.FlameAsync("pool", "show", "gpu", "--explain")).Cells;
        Assert.Contains(options, static row => row is ["gpu", "Buffer", "0", ..]);
    }

    [Fact]
    public async Task Drained_pool_ends_its_idle_executors_and_no_call()
    {
        KnobsAreThere();
        await HoldAsync("one");
        await _parent.Input.WriteLineAsync("add 1 1");
        await _parent.NextAsync("sum 2");
        var drained = await _machine.FlameAsync("pool", "drain", "gpu");
        Assert.Equal(ExitCodes.Fine, drained.Exit);
        await _parent.NextAsync("gpu/2 is gone");
        Assert.DoesNotContain("ended one", _parent.Output);
        await _machine.FlameAsync("calls", "cancel", await _machine.CallAsync("one"));
        await _parent.NextAsync("gpu/1 is gone");
    }

    [Fact]
    public async Task Followed_logs_go_on_with_what_comes_and_end_with_their_call()
    {
        await using var logs = _machine.Follow("logs", "-f", "-n", "0");

        // Until it has begun nobody watches, and when that is only it knows.
        var said = 0;
        while (!logs.Output.Contains("more-", StringComparison.Ordinal))
        {
            await _parent.Input.WriteLineAsync($"say more-{said++}");
            await _parent.NextAsync("said");
        }

        await _parent.Input.WriteLineAsync("say the-last");
        await logs.NextAsync("stdout: the-last");
        await HoldAsync("one");
        await using var ofCall = _machine.Follow("logs", "-f", "--call", await _machine.CallAsync("one"));
        await ofCall.NextAsync("holding one");
        await _machine.FlameAsync("calls", "cancel", await _machine.CallAsync("one"));
        Assert.Equal(ExitCodes.Fine, await ofCall.EndAsync());
    }

    [Fact]
    public async Task Program_runs_where_the_executor_runs()
    {
        await _parent.Input.WriteLineAsync("add 1 1");
        await _parent.NextAsync("sum 2");
        var run = await _machine.FlameAsync("exec", "gpu/1", "--", "/bin/sh", "-c", "pwd; echo $FLAME_CONTROL_DIRECTORY; echo $FLAME_PARENT.; echo oops >&2; exit 3");
        Assert.Equal(3, run.Exit);
        Assert.Equal([Environment.CurrentDirectory, _machine.Sockets, "."], run.Lines);
        Assert.Equal("oops", run.Error.Trim());

        var objects = (await _machine.FlameAsync("exec", "gpu/1", "--json", "--", "/bin/echo", "hi")).Objects;
        Assert.Equal("hi\n", string.Concat(objects.Select(static o => o.GetProperty("printed").GetProperty("text").GetString())));
        Assert.Equal(ExitCodes.NotFound, (await _machine.FlameAsync("exec", "gpu/9", "--", "true")).Exit);
        var none = await _machine.FlameAsync("exec", "gpu/1", "--", "/no/such/program");
        Assert.Equal(ExitCodes.Failed, none.Exit);
        Assert.StartsWith("FLM5009", none.Error);
    }

    [Fact]
    public async Task Program_that_was_run_ends_with_the_tool()
    {
        await _parent.Input.WriteLineAsync("add 1 1");
        await _parent.NextAsync("sum 2");
        var run = _machine.Follow("exec", "gpu/1", "--", "/bin/sh", "-c", "echo $$; exec sleep 600");
        int process;
        await using (run)
        {
            string line;
            do line = await run.NextAsync("");
            while (!int.TryParse(line, out process));
            await run.KillAsync();
        }

        try
        {
            using var gone = System.Diagnostics.Process.GetProcessById(process);
            await gone.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience.Long, TestContext.Current.CancellationToken);
        }
        catch (ArgumentException)
        {
            // It had gone already.
        }
    }

    [Fact]
    public async Task Doctor_boots_a_probe_of_each_pool_and_leaves_nothing()
    {
        var findings = (await _machine.ObjectsAsync("doctor")).Select(static o => o.GetProperty("finding")).ToArray();
        Assert.All(findings, static finding => Assert.NotEqual("problem", finding.GetProperty("level").GetString()));
        foreach (var pool in new[] { "pool default", "pool gpu", "pool cpu" })
        {
            var probe = findings.Single(finding => finding.GetProperty("of").GetString() == pool && finding.GetProperty("check").GetString() == "probe");
            Assert.Matches(@"process \d+ came up in .*runtime .*connect .*enter", probe.GetProperty("text").GetString());
        }

        Assert.DoesNotContain("executors\":[{", (await _machine.FlameAsync("ps", "--json")).Output);
        var plain = await _machine.FlameAsync("doctor", "--pool", "cpu");
        Assert.Equal(["LEVEL", "OF", "CHECK", "FOUND"], plain.Cells[0]);
        Assert.DoesNotContain("pool gpu", plain.Output);
        Assert.Equal(ExitCodes.NotFound, (await _machine.FlameAsync("doctor", "--pool", "nope")).Exit);
    }

    [Fact]
    public async Task Doctor_says_what_to_do_about_a_pool_that_cannot_boot()
    {
        await using var broken = await _machine.StartAsync("broken");
        var result = await _machine.FlameAsync("doctor", "--pool", "gpu", "--parent", broken.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), "--boot-seconds", "1");
        Assert.Equal(ExitCodes.Problems, result.Exit);
        Assert.Contains(result.Cells, static row => row is ["problem", "pool gpu", "probe", ..]);
        Assert.Contains("flame explain FLM2008", result.Output);
    }

    private static void KnobsAreThere() =>
        Assert.SkipWhen(typeof(FlamePools).GetMethod("Set", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Public) is null, "pools cannot be changed while they run yet");

    private async Task HoldAsync(string tag)
    {
        await _parent.Input.WriteLineAsync($"hold {tag}");
        await _parent.NextAsync($"running {tag}");
    }
}
