using Flame.Backends;
using Flame.EndToEnd.Tests.Calls;

namespace Flame.EndToEnd.Tests.Processes;

public sealed class FailedBootTests
{
    [Fact]
    public async Task A_program_that_ends_at_once_fails_the_call_with_its_code_and_last_lines()
    {
        await using var pools = await StartAsync(TimeSpan.FromSeconds(5), "/bin/sh", "-c", "echo no licence here >&2; exit 4");

        var error = await Assert.ThrowsAsync<BootFailedException>(() => Sums.AddAsync(2, 3).Patiently());

        Assert.Equal(("FLM2008", "local", "main"), (error.Id, error.Backend, error.Pool));
        Assert.True(error.Attempts > 1);
        Assert.Matches("process [0-9]+ exited with code 4; last output: no licence here$", error.Message);
    }

    [Fact]
    public async Task A_program_that_never_connects_is_ended_when_the_boot_has_had_its_time()
    {
        await using var pools = await StartAsync(TimeSpan.FromSeconds(5), "/bin/sleep", "600");
        var call = Sums.AddAsync(2, 3);
        var process = 0;
        await Patience.UntilAsync(() => pools["main"].GetStats().Executors is [{ Description.Length: > 0 } e] && int.TryParse(e.Description.Split(' ')[1], out process));

        var error = await Assert.ThrowsAsync<BootFailedException>(() => call.Patiently());

        Assert.Contains("not ready within 5 s (BootTimeout)", error.Message, StringComparison.Ordinal);
        await Signals.GoneAsync(process);
    }

    [Fact]
    public async Task A_program_that_is_missing_fails_the_call_without_another_try()
    {
        await using var pools = await StartAsync(TimeSpan.FromMinutes(10), "/nowhere/program");

        var error = await Assert.ThrowsAsync<BootFailedException>(() => Sums.AddAsync(2, 3).Patiently());

        Assert.Equal(1, error.Attempts);
        Assert.Contains("/nowhere/program could not be started", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("enter-throws", 9, "exited with code 75; last output: FLM2106: executor main/[0-9]+ could not be entered: System.InvalidOperationException: the model is missing")]
    [InlineData("enter-exits", 9, "exited with code 9; last output: no licence for this machine")]
    [InlineData("enter-hangs", 1, "not ready within 1 s \\(BootTimeout\\)")]
    public async Task An_executor_that_cannot_be_entered_fails_the_call_with_its_words(string how, int seconds, string words)
    {
        await using var app = AppProcess.Start("host", "where", how, $"Flame:Pools:main:BootTimeout=00:00:0{seconds}");

        Assert.Matches("^BootFailedException FLM2008: .*" + words, await app.NextAsync("failed"));
        Assert.Equal(0, await app.EndAsync());
        Assert.Empty(app.Started());
    }

    private static Task<FlamePools> StartAsync(TimeSpan limit, string program, params string[] arguments) =>
        TestPools.StartAsync(f => f.UseBackend(new LocalProcessBackend(program, arguments)).AddPool("main", p => (p.Max, p.BootTimeout) = (1, limit)));
}
