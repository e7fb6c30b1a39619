using System.Text.Json;
using Flame.Fly.Boots;
using Flame.Fly.Machines;

namespace Flame.Fly.Tests.Machines;

public sealed class MachineExitTests
{
    [Theory]
    [InlineData("""{"exit_event":{"exit_code":0,"guest_exit_code":0,"guest_signal":0,"oom_killed":false,"requested_stop":false,"signal":-1}}""", "exited with code 0")]
    [InlineData("""{"exit_event":{"exit_code":3,"guest_exit_code":3,"guest_signal":0,"oom_killed":false,"signal":-1}}""", "exited with code 3")]
    [InlineData("""{"MonitorEvent":{"exit_event":{"exit_code":4}}}""", "exited with code 4")]
    [InlineData("""{"exit_event":{"exit_code":-1,"guest_signal":9,"oom_killed":true}}""", "was killed: out of memory (oom_killed). Give the pool more (Resources:MemoryMiB)")]
    [InlineData("""{"exit_event":{"exit_code":-1,"guest_exit_code":0,"guest_signal":15,"requested_stop":true,"signal":-1}}""", "killed by SIGTERM, as it was told to stop")]
    [InlineData("""{"exit_event":{"exit_code":0,"signal":9}}""", "killed by SIGKILL (kill -9, or the kernel's out-of-memory killer)")]
    [InlineData("""{"exit_event":{"exit_code":72,"guest_exit_code":72}}""", "exited with code 72 (it did not reach its parent: FLM2105)")]
    [InlineData("""{"exit_event":"odd"}""", "exited with code 0")]
    [InlineData("[]", "exited with code 0")]
    public void An_exit_event_is_put_into_words(string request, string words) =>
        Assert.Equal(words, MachineExit.Of(Ended(MachineState.Destroyed, ("exit", request)), keep: false)!.Reason);

    [Fact]
    public void What_Fly_says_nothing_about_has_words_too()
    {
        Assert.Equal("was destroyed", MachineExit.Of(Ended(MachineState.Destroyed), keep: false)!.Reason);
        Assert.Equal("could not be started (state failed)", MachineExit.Of(Ended(MachineState.Failed), keep: false)!.Reason);
        Assert.Equal("could not be started (launch_failed)", MachineExit.Of(Ended(MachineState.Destroyed, ("launch", null)), keep: false)!.Reason);
    }

    [Theory]
    [InlineData("created")]
    [InlineData("starting")]
    [InlineData("started")]
    [InlineData("stopping")]
    [InlineData("a state that Fly may add")]
    public void A_machine_that_is_not_gone_has_not_ended(string state) => Assert.Null(MachineExit.Of(Ended(state), keep: false));

    [Fact]
    public void An_exit_before_the_last_start_is_not_this_executors()
    {
        Assert.Null(MachineExit.Of(Ended(MachineState.Stopped, ("start", null), ("exit", """{"exit_event":{"exit_code":0}}""")), keep: true));
        Assert.NotNull(MachineExit.Of(Ended(MachineState.Stopped, ("exit", """{"exit_event":{"exit_code":0}}"""), ("start", null)), keep: true));
    }

    private static Machine Ended(string state, params (string Type, string? Request)[] events) => new()
    {
        State = state,
        Events = [.. events.Select(e => new MachineEvent(e.Type, e.Type == "launch" ? "launch_failed" : "", "flyd", 1, e.Request is null ? null : JsonDocument.Parse(e.Request).RootElement))],
    };
}
