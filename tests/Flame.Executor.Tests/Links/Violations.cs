using Flame.Executor.Tests.InProcess;

namespace Flame.Executor.Tests.Links;

/// <summary>What a link comes to whose other end does not speak the protocol.</summary>
internal static class Violations
{
    /// <summary>The parent closes the link, and the call on it fails with the reason.</summary>
    public static async Task LosesAsync(this WireEnd wire, Task call, string words)
    {
        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently());
        Assert.Contains("broke the protocol", error.Reason, StringComparison.Ordinal);
        Assert.Contains(words, error.Reason, StringComparison.Ordinal);
        await wire.ClosedAsync().Patiently();
    }

    /// <summary>The executor gives up its parent, and stops the method that is at the gate.</summary>
    public static async Task IsLostWithAsync(this ScriptedParent parent, Gate gate, string words)
    {
        Assert.Equal(LinkEnd.ParentGone, await parent.Ended.Patiently());
        Assert.Contains("broke the protocol", parent.Host.GoneBecause, StringComparison.Ordinal);
        Assert.Contains(words, parent.Host.GoneBecause, StringComparison.Ordinal);
        await parent.Host.EndCallsAsync(TimeSpan.FromSeconds(5)).Patiently();
        Assert.True(gate.Cancelled);
    }
}
