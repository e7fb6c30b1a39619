namespace Flame.Wire;

/// <summary>A large payload as it arrives, piece by piece. Owned by the read loop until it is whole.</summary>
internal sealed class Incoming
{
    // What was only announced is not paid for: the buffer grows as the bytes come.
    private const int FirstSize = 1024 * 1024;
    private const int GrantAt = Outgoing.InitialCredit / 2;

    private readonly int _total;
    private byte[] _bytes;
    private int _received;
    private int _consumed;

    /// <exception cref="WireException">More bytes came than were announced.</exception>
    public Incoming(FrameKind kind, int total, ReadOnlySpan<byte> first)
    {
        Kind = kind;
        _total = total;
        _bytes = PayloadBytes.Rent(Math.Min(total, FirstSize));
        Append(first);
    }

    /// <summary>What it is a payload of; its pieces come in frames of this kind.</summary>
    public FrameKind Kind { get; }

    public bool Whole => _received == _total;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _total);

    /// <summary>
    /// Adds a piece and says how much credit to give back now; 0: none yet, or none any more. For an item that is its
    /// stream's business.
    /// </summary>
    /// <exception cref="WireException">More bytes came than were announced, or none: a payload of such pieces would never end.</exception>
    public void Add(ReadOnlySpan<byte> piece, out int grant)
    {
        if (piece.IsEmpty) throw new WireException("a payload goes on with nothing");
        Append(piece);
        grant = _consumed >= GrantAt && !Whole ? _consumed : 0;
        if (grant > 0) _consumed = 0;
    }

    /// <summary>Gives the bytes back; once.</summary>
    public void Release() => PayloadBytes.Return(_bytes);

    private void Append(ReadOnlySpan<byte> piece)
    {
        if (piece.Length > _total - _received) throw new WireException("a payload is longer than it was announced");
        if (piece.Length > _bytes.Length - _received) Grow(piece.Length);
        piece.CopyTo(_bytes.AsSpan(_received));
        _received += piece.Length;
        _consumed += Outgoing.Cost(piece.Length);
    }

    private void Grow(int by)
    {
        var size = Math.Max(_received + (long)by, _bytes.Length * 4L);
        var grown = PayloadBytes.Rent((int)Math.Min(size, _total));
        _bytes.AsSpan(0, _received).CopyTo(grown);
        PayloadBytes.Return(_bytes);
        _bytes = grown;
    }
}
