using System.Diagnostics;

namespace Flame.Kubernetes.Tests.Units;

public sealed class ParentIdentityTests
{
    [Fact]
    public void A_process_that_lives_is_not_gone() => Assert.False(ParentIdentity.IsGone(ParentIdentity.OfThisProcess));

    [Fact]
    public async Task A_process_of_this_machine_that_ended_is_gone()
    {
        using var other = Process.Start(new ProcessStartInfo("sleep", "600"))!;
        var identity = With(2, $"{other.Id}");
        Assert.True(ParentIdentity.IsGone(identity), "its number is somebody else's, who began at another time");
        other.Kill();
        await other.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(ParentIdentity.IsGone(identity));
    }

    [Theory]
    [InlineData(0, "another-machine")]
    [InlineData(1, "another-boot")]
    [InlineData(2, "no-number")]
    [InlineData(2, "-1")]
    public void Of_other_machines_nothing_is_known(int part, string value) => Assert.False(ParentIdentity.IsGone(With(part, value)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("holder")]
    [InlineData("a b c d e")]
    public void Of_other_holders_nothing_is_known(string? identity) => Assert.False(ParentIdentity.IsGone(identity));

    /// <summary>This process's identity with one part changed, and a start that no process has.</summary>
    private static string With(int part, string value)
    {
        var parts = ParentIdentity.OfThisProcess.Split(' ');
        (parts[3], parts[part]) = ("1", value);
        return string.Join(' ', parts);
    }
}
