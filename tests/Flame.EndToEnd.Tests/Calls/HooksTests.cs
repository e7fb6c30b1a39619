using System.Diagnostics;

namespace Flame.EndToEnd.Tests.Calls;

public sealed class HooksTests : IDisposable
{
    private readonly LogRecorder _log = new();

    public void Dispose() => _log.Dispose();

    private Task<FlamePools> StartAsync(bool elsewhere = false, TimeSpan bootTimeout = default) => TestPools.StartAsync(
        f =>
        {
            f.AddPool("main", p => (p.Max, p.BootTimeout) = (1, bootTimeout == default ? p.BootTimeout : bootTimeout));
            if (elsewhere) f.UseBackend(new ElsewhereBackend());
        },
        _log);

    [Fact]
    public async Task An_enter_hook_has_run_before_the_first_call_with_the_executors_own_services()
    {
        await using var pools = await StartAsync();
        Assert.Equal((true, true), await Hooks.EnteredAsync(null!));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_enter_hook_that_throws_fails_the_boot_and_says_why(bool elsewhere)
    {
        using var _ = new Inherited(Hooks.EnterFails, "the model is gone");
        await using var pools = await StartAsync(elsewhere, TimeSpan.FromSeconds(1));

        var error = await Assert.ThrowsAsync<BootFailedException>(() => Hooks.EnteredAsync(null!).Patiently());

        Assert.Contains("FLM2106", error.Message, StringComparison.Ordinal);
        Assert.Contains("the model is gone", error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(AppException), error.Message, StringComparison.Ordinal);
        var line = await _log.WhenAsync(l => l.EventId == 3003);
        Assert.Contains("FLM2106", line.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_enter_hook_is_told_when_its_executor_is_to_stop(bool elsewhere)
    {
        using var _ = new Inherited(Hooks.EnterWaits, "waits");
        await using var pools = await StartAsync(elsewhere);
        using var cancel = new CancellationTokenSource();
        var call = Work.HoldAsync(cancel.Token);
        var entering = await _log.WhenAsync("waits: entering in ");
        Signal("TERM", entering.Text[(entering.Text.LastIndexOf(' ') + 1)..]);

        await _log.WhenAsync("waits: told to stop");

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Patiently());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exit_hook_runs_at_the_drain_and_what_it_prints_last_arrives(bool elsewhere)
    {
        using var _ = new Inherited(Hooks.ExitSpeaks, "left");
        await using (await StartAsync(elsewhere))
        {
            Assert.Equal(5, await Sums.AddAsync(2, 3));
        }

        var line = await _log.WhenAsync("left: ");
        Assert.Equal("[main/1] left: (True, True)", line.Text);
        Assert.Contains("exited with code 0", (await _log.WhenAsync(l => l.EventId == 3006)).Text, StringComparison.Ordinal);
    }

    private static void Signal(string signal, string process)
    {
        using var kill = Process.Start("kill", ["-" + signal, process]);
        kill.WaitForExit();
    }
}
