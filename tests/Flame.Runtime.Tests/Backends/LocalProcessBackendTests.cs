using System.Diagnostics;
using System.Globalization;
using Flame.Backends;
using Xunit;

namespace Flame.Tests.Backends;

public sealed class LocalProcessBackendTests : LocalProcessTests
{
    [Fact]
    public async Task An_exit_code_is_told_in_words()
    {
        await using var child = await BootAsync("exit", "3");

        Assert.Equal("exited with code 3", await child.EndAsync());
    }

    [Theory]
    [InlineData("KILL", "killed by SIGKILL (kill -9, or the kernel's out-of-memory killer)")]
    [InlineData("SEGV", "killed by SIGSEGV (a crash in native code)")]
    [InlineData("ABRT", "killed by SIGABRT (a crash, for example an unhandled exception)")]
    [InlineData("TERM", "killed by SIGTERM")]
    public async Task A_signal_is_told_by_its_name(string signal, string words)
    {
        // A shell, for .NET catches the signals of a crash and goes on when another process sent them.
        var request = new BootRequest("gpu", "gpu/1", Secret, _ => { });

        await using var executor = await new LocalProcessBackend("/bin/sh", "-c", $"kill -{signal} $$").StartAsync(request, CancellationToken.None);

        Assert.Equal(words, (await executor.Exited.WaitAsync(Patience)).Reason);
    }

    [Theory]
    [InlineData("abort", "the child aborts")]
    [InlineData("throw", "the child throws")]
    public async Task A_crash_is_told_with_what_the_runtime_wrote_of_it(string mode, string words)
    {
        await using var child = await BootAsync(mode);

        var reason = await child.EndAsync();

        Assert.StartsWith("killed by SIGABRT", reason, StringComparison.Ordinal);
        Assert.Contains(words, reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_executor_that_could_not_be_entered_is_told_with_the_reason_however_long_its_stack_is()
    {
        const string words = "FLM2106: executor gpu/1 could not be entered: there is no model";
        var request = new BootRequest("gpu", "gpu/1", Secret, _ => { });

        await using var executor = await new LocalProcessBackend("/bin/sh", "-c", $"echo '{words}' >&2; for i in $(seq 40); do echo \"   at frame $i\" >&2; done; exit 75")
            .StartAsync(request, CancellationToken.None);

        Assert.StartsWith($"exited with code 75; last output: {words} |    at frame 21 | ", (await executor.Exited.WaitAsync(Patience)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_line_arrives_and_the_last_20_are_part_of_the_reason()
    {
        await using var child = await BootAsync("print", "100", "3");

        var reason = await child.EndAsync();

        Assert.StartsWith("exited with code 3; last output: line ", reason, StringComparison.Ordinal);
        Assert.Equal(20, reason.Split("last output: ")[1].Split(" | ").Length);
        Assert.Equal(100, child.All.Count);
        Assert.Equal(Enumerable.Range(1, 50).Select(i => $"line {i * 2}"), child.All.Where(line => line.IsError).Select(line => line.Text));
    }

    [Fact]
    public async Task A_line_without_end_comes_in_pieces()
    {
        await using var child = await BootAsync("long-line", "100000");

        var reason = await child.EndAsync();

        Assert.All(child.All, line => Assert.True(line.Text.Length <= ExecutorOutput.MaxLineBytes));
        Assert.Equal(100000, child.All.Sum(line => line.Text.Length));
        Assert.True(reason.Length < 20 * 600);
    }

    [Fact]
    public async Task An_executor_that_has_ended_holds_no_pipe_open()
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exit 3"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.BaseStream, process.StandardError.BaseStream);

        await using var executor = new LocalExecutor(process, new ExecutorOutput(new BootRequest("gpu", "gpu/1", Secret, _ => { })), kernelKillsAtBoot: 0);

        Assert.Equal("exited with code 3", (await executor.Exited.WaitAsync(Patience)).Reason);
        Assert.Throws<ObjectDisposedException>(() => output.ReadByte());
        Assert.Throws<ObjectDisposedException>(() => error.ReadByte());
    }

    [Fact]
    public async Task A_listener_that_throws_does_not_stop_the_executor()
    {
        var request = new BootRequest("gpu", "gpu/1", Secret, _ => throw new InvalidOperationException("no room"));

        await using var executor = await new LocalProcessBackend(Child, "print", "1000", "5").StartAsync(request, CancellationToken.None);

        Assert.StartsWith("exited with code 5", (await executor.Exited.WaitAsync(Patience)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_ends_even_one_that_ignores_its_signals()
    {
        await using var child = await BootAsync("ignore");
        Assert.Equal("ready", await child.NextLineAsync());

        await child.Executor.StopAsync(CancellationToken.None).WaitAsync(Patience);
        await child.Executor.StopAsync(CancellationToken.None);

        Assert.Equal("stopped by its parent", await child.EndAsync());
        Assert.False(IsAlive(child.Pid));
    }

    [Fact]
    public async Task Stopping_right_after_the_start_ends_it_too()
    {
        var child = await BootAsync("ignore");
        var pid = child.Pid;

        await child.DisposeAsync();

        Assert.False(IsAlive(pid));
    }

    [Fact]
    public async Task Killed_executor_takes_its_children_with_it()
    {
        await using var child = await BootAsync("grandchild", "stay");
        var grandchild = int.Parse((await child.NextLineAsync()).Split(' ')[1], CultureInfo.InvariantCulture);
        Assert.True(IsAlive(grandchild));

        using (var kill = Process.Start("/bin/kill", ["-9", child.Pid.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();

        Assert.StartsWith("killed by SIGKILL", await child.EndAsync(), StringComparison.Ordinal);
        await GoneAsync(grandchild);
    }

    [Fact]
    public async Task An_executor_that_ends_takes_what_it_started_along_though_nobody_reaps_it()
    {
        // A parent that is killed behind its executor's end cleans up no more; here there is none that does.
        using var child = Process.Start(new ProcessStartInfo(Child, ["grandchild", "leave-nothing"]) { RedirectStandardOutput = true })!;
        var grandchild = int.Parse((await child.StandardOutput.ReadLineAsync())!.Split(' ')[1], CultureInfo.InvariantCulture);

        await GoneAsync(grandchild);
        await child.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(7, child.ExitCode);
    }

    [Fact]
    public async Task An_executor_that_ends_takes_what_it_started_along_though_its_parent_was_killed_before()
    {
        using var parent = Process.Start(new ProcessStartInfo(Child, ["parent-of-grandchild"]) { RedirectStandardOutput = true })!;
        var grandchild = int.Parse((await parent.StandardOutput.ReadLineAsync())!.Split(' ')[1], CultureInfo.InvariantCulture);
        Assert.True(IsAlive(grandchild));

        parent.Kill();

        // It goes on itself, to its own end.
        Assert.Equal("left nothing", await parent.StandardOutput.ReadLineAsync().WaitAsync(Patience));
        await GoneAsync(grandchild);
    }

    [Theory]
    [InlineData("stay")]
    [InlineData("go")]
    public async Task Nothing_that_an_executor_started_outlives_it(string end)
    {
        await using var child = await BootAsync("grandchild", end);
        var grandchild = int.Parse((await child.NextLineAsync()).Split(' ')[1], CultureInfo.InvariantCulture);

        if (end == "stay")
            await child.Executor.StopAsync(CancellationToken.None);
        await child.EndAsync();

        await GoneAsync(grandchild);
    }

    [Fact]
    public async Task Standard_input_stays_open_as_long_as_the_parent_holds_it()
    {
        await using var child = await BootAsync("until-stdin-ends");
        Assert.Equal("ready", await child.NextLineAsync());

        // A collection must not close what only the handle holds.
        GC.Collect();
        GC.WaitForPendingFinalizers();

        await Assert.ThrowsAsync<TimeoutException>(() => child.Executor.Exited.WaitAsync(TimeSpan.FromMilliseconds(200)));
    }

    [Fact]
    public async Task The_secret_is_in_the_environment_and_not_on_the_command_line()
    {
        await using var child = await BootAsync("ignore");
        Assert.Equal("ready", await child.NextLineAsync());

        Assert.DoesNotContain(Secret, await File.ReadAllTextAsync($"/proc/{child.Pid}/cmdline"), StringComparison.Ordinal);
        Assert.Contains($"FLAME_PARENT={Secret}", await File.ReadAllTextAsync($"/proc/{child.Pid}/environ"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_executor_knows_its_parent_and_hands_the_secret_to_nobody()
    {
        var parent = new FlameParent { Pool = "gpu", Executor = "gpu/1", Backend = "local", BuildId = "b", Endpoints = ["unix:/x"], Token = FlameParent.NewToken() };

        await using var child = await BootWithAsync(parent.Encode(), "environment");
        var reason = await child.EndAsync();

        Assert.Equal(["dump …", "executor gpu/1", "left False", $"folder {Environment.CurrentDirectory}"], child.All.Select(line => line.Text));
        Assert.DoesNotContain(parent.Encode(), reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_secret_is_refused_without_being_shown()
    {
        await using var child = await BootWithAsync("not-the-format", "environment");

        var reason = await child.EndAsync();

        Assert.Contains("FLM2101: FLAME_PARENT is malformed", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-format", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nonexistent/program")]
    [InlineData("/etc/hostname")]
    public async Task A_program_that_cannot_be_started_is_a_permanent_failure(string path)
    {
        var request = new BootRequest("gpu", "gpu/1", Secret, _ => { });

        var error = await Assert.ThrowsAsync<BackendException>(() => new LocalProcessBackend(path).StartAsync(request, CancellationToken.None));

        Assert.True(error.Permanent);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, request.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_boot_whose_budget_has_run_out_starts_nothing()
    {
        var request = new BootRequest("gpu", "gpu/1", Secret, _ => { });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new LocalProcessBackend(Child, "ignore").StartAsync(request, new CancellationToken(true)));
    }

    [Fact]
    public async Task Many_boots_at_once_all_end_with_their_own_reason()
    {
        var children = await Task.WhenAll(Enumerable.Range(1, 12).Select(i => BootAsync("exit", i.ToString(CultureInfo.InvariantCulture))));

        var reasons = await Task.WhenAll(children.Select(child => child.EndAsync()));

        Assert.Equal(Enumerable.Range(1, 12).Select(i => $"exited with code {i}"), reasons);
        foreach (var child in children)
            await child.DisposeAsync();
    }
}
