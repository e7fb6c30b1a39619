namespace Flame.Wire;

/// <summary>
/// What one call, or one live argument of it, sends beyond its first frames: the rest of a large payload, and the
/// credit for it. Guarded by its <see cref="FrameSender"/>'s gate.
/// </summary>
internal sealed class Outgoing(ulong call, ushort channel = 0, int credit = Outgoing.InitialCredit, bool grows = false)
{
    /// <summary>The credit that both sides know a call begins with, in each direction.</summary>
    public const int InitialCredit = 64;

    /// <summary>What the credit of items may grow to, for one who takes them as fast as they come.</summary>
    public const int MostCreditOfItems = 1024;

    private const int BytesPerUnit = 16 * 1024;

    private ReadOnlyMemory<byte> _rest;
    private IReadOnlyList<ReadOnlyMemory<byte>> _blobs = [];
    private int _nextBlob;

    public ulong Call { get; } = call;

    public ushort Channel { get; } = channel;

    public int Credit { get; set; } = credit;

    /// <summary>The most credit that there can be.</summary>
    public int MostCredit => grows ? MostCreditOfItems : InitialCredit;

    public FrameKind Kind { get; private set; }

    public bool Queued { get; set; }

    public bool Closed { get; private set; }

    /// <summary>Whether nothing is left to send.</summary>
    public bool AllSent => _rest.IsEmpty && _nextBlob == _blobs.Count;

    /// <summary>Whether all is sent, and there is credit for something small.</summary>
    public bool Ready => AllSent && Credit > 0;

    /// <summary>The credit that is waited for.</summary>
    public int Awaited { get; set; }

    /// <summary>Completed when all is sent and there is that credit, or none of it is wanted any more; made only when somebody has to wait.</summary>
    public TaskCompletionSource? Idle { get; set; }

    /// <summary>What a frame costs: small items are counted, large ones weighed.</summary>
    public static int Cost(int length) => 1 + (length / BytesPerUnit);

    /// <summary>The first piece of a payload is sent; this is the rest of it.</summary>
    public void Begin(FrameKind kind, int firstPiece, ReadOnlyMemory<byte> rest, IReadOnlyList<ReadOnlyMemory<byte>> blobs)
    {
        Kind = kind;
        Credit -= Cost(firstPiece);
        (_rest, _blobs, _nextBlob) = (rest, blobs, 0);
    }

    /// <summary>Takes the next piece, which must be used before the gate is left, or, where it is lent, stays as it is until it is written.</summary>
    /// <remarks>
    /// A blob is the caller's own array. Its last piece is never lent, but copied under the gate: a caller that was cancelled may
    /// change the array while an earlier piece is on its way, and then no last one follows, without which no method begins.
    /// </remarks>
    public ReadOnlyMemory<byte> Next(out bool lent)
    {
        var isBlob = _rest.IsEmpty;
        if (isBlob) _rest = _blobs[_nextBlob++];
        else isBlob = _nextBlob > 0;
        lent = isBlob && _rest.Length > FrameHeader.ChunkSize;
        var count = lent ? Math.Min(_rest.Length - FrameHeader.ChunkSize, FrameHeader.LentSize) : Math.Min(_rest.Length, FrameHeader.ChunkSize);
        var piece = _rest[..count];
        _rest = _rest[count..];
        Credit -= Cost(count);
        return piece;
    }

    /// <summary>Forgets what is left to send.</summary>
    public void Close()
    {
        Closed = true;
        (_rest, _blobs, _nextBlob) = (default, [], 0);
        Idle?.TrySetResult();
        Idle = null;
    }
}
