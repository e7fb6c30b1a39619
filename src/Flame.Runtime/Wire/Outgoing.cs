namespace Flame.Wire;

/// <summary>
/// What one call, or one live argument of it, sends beyond its first frames: the rest of a large payload, and the
/// credit for it. Guarded by its <see cref="FrameSender"/>'s gate.
/// </summary>
internal sealed class Outgoing(ulong call, ushort channel = 0, int credit = Outgoing.InitialCredit)
{
    /// <summary>The credit that both sides know a call begins with, in each direction.</summary>
    public const int InitialCredit = 64;

    private const int BytesPerUnit = 16 * 1024;

    public ulong Call { get; } = call;

    public ushort Channel { get; } = channel;

    public int Credit { get; set; } = credit;

    public FrameKind Kind { get; set; }

    public ReadOnlyMemory<byte> Rest { get; set; }

    public bool Queued { get; set; }

    public bool Closed { get; set; }

    /// <summary>Whether all is sent, and there is credit for something small.</summary>
    public bool Ready => Rest.IsEmpty && Credit > 0;

    /// <summary>The credit that is waited for.</summary>
    public int Awaited { get; set; }

    /// <summary>Completed when all is sent and there is that credit, or none of it is wanted any more; made only when somebody has to wait.</summary>
    public TaskCompletionSource? Idle { get; set; }

    /// <summary>What a frame costs: small items are counted, large ones weighed.</summary>
    public static int Cost(int length) => 1 + (length / BytesPerUnit);
}
