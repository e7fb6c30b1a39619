namespace Flame.Wire;

/// <summary>
/// What one call sends beyond its first frames: the rest of a large payload, and the credit for it. Guarded by its
/// <see cref="FrameSender"/>'s gate.
/// </summary>
internal sealed class Outgoing(ulong call)
{
    /// <summary>The credit that both sides know a call begins with, in each direction.</summary>
    public const int InitialCredit = 64;

    private const int BytesPerUnit = 16 * 1024;

    public ulong Call { get; } = call;

    public int Credit { get; set; } = InitialCredit;

    public FrameKind Kind { get; set; }

    public ReadOnlyMemory<byte> Rest { get; set; }

    public bool Queued { get; set; }

    public bool Closed { get; set; }

    /// <summary>Completed when all is sent and there is credit for more; made only when somebody has to wait.</summary>
    public TaskCompletionSource? Idle { get; set; }

    /// <summary>What a frame costs: small items are counted, large ones weighed.</summary>
    public static int Cost(int length) => 1 + (length / BytesPerUnit);
}
