using Flame.Backends;
using Xunit;

namespace Flame.Tests.Backends;

public sealed class ExitReasonTests
{
    [Theory]
    [InlineData(0, false, "exited with code 0")]
    [InlineData(127, false, "exited with code 127")]
    [InlineData(137, false, "killed by SIGKILL (kill -9, or the kernel's out-of-memory killer)")]
    [InlineData(137, true, "out of memory (killed by the kernel)")]
    [InlineData(139, true, "killed by SIGSEGV (a crash in native code)")]
    [InlineData(255, false, "exited with code 255")]
    public void Codes_become_words(int code, bool outOfMemory, string words) => Assert.Equal(words, ExitReason.Describe(code, outOfMemory, []));

    [Fact]
    public void The_last_lines_stand_behind_the_reason() =>
        Assert.Equal("exited with code 1; last output: a | b", ExitReason.Describe(1, false, ["a", "b"]));

    [Fact]
    public void The_kernels_kills_are_read_from_the_groups_events()
    {
        Assert.Equal(3, KernelKills.Parse(["low 0", "high 0", "max 12", "oom 4", "oom_kill 3", "oom_group_kill 1"]));
        Assert.Equal(0, KernelKills.Parse(["oom_kill_disable 0", "under_oom 0"]));
    }

    [Fact]
    public void Without_a_new_kill_there_is_none_to_claim() => Assert.False(KernelKills.Claim(KernelKills.Count()));
}
