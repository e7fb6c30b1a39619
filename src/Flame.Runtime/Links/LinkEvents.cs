using Flame.Telemetry;
using Flame.Wire;

namespace Flame.Links;

/// <summary>What a link tells its owner. A link knows calls and frames; what they mean for a pool is decided there.</summary>
internal abstract class LinkEvents
{
    /// <summary>The executor ran its enter hooks and takes calls.</summary>
    public abstract void Ready(ExecutorLink link);

    /// <summary>The executor takes no more calls.</summary>
    public abstract void Draining(ExecutorLink link, string because);

    /// <summary>The link is gone, with these calls unfinished. Said once, last.</summary>
    public abstract void Lost(ExecutorLink link, LinkLoss loss, PendingCall[] calls);

    /// <summary>The executor logged or printed something.</summary>
    public abstract void Logged(ExecutorLink link, LogBody log);

    /// <summary>Whether somebody wants to know what the executor uses.</summary>
    public virtual bool IsWatched => false;

    /// <summary>The executor said what it has used of processors, and how many bytes its working set has.</summary>
    public virtual void Uses(TimeSpan processors, long memory)
    {
    }

    /// <summary>The executor exports something.</summary>
    public virtual void Exported(ExportSignal signal, byte[] request) => ExportRelay.Current?.Take(signal, request);

    /// <summary>A call is about to end: what the executor had logged before comes first. Called with every call, on the reading thread.</summary>
    public abstract void Ending();

    /// <summary>The exception that a caller sees for a Failure frame.</summary>
    public abstract Exception Translate(ExecutorLink link, PendingCall call, FailureBody failure);
}

/// <summary>Why a link is gone.</summary>
/// <param name="Because">In words.</param>
/// <param name="ByExecutor">The executor's end closed or broke: how the executor itself ended says more. Else the parent gave it up.</param>
/// <param name="Violation">What the executor did that no executor of ours does.</param>
internal readonly record struct LinkLoss(string Because, bool ByExecutor, string? Violation = null);
