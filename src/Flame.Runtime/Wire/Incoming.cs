using System.Buffers;

namespace Flame.Wire;

/// <summary>A large payload as it arrives, piece by piece. Owned by the read loop until it is whole.</summary>
internal sealed class Incoming
{
    private const int GrantAt = Outgoing.InitialCredit / 2;

    private readonly byte[] _bytes;
    private readonly int _total;
    private int _received;
    private int _consumed;

    /// <exception cref="WireException">More bytes came than were announced.</exception>
    public Incoming(int total, ReadOnlySpan<byte> first)
    {
        _total = total;
        _bytes = ArrayPool<byte>.Shared.Rent(total);
        Add(first, out _);
    }

    public bool Whole => _received == _total;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _total);

    /// <summary>
    /// Adds a piece and says how much credit to give back now; 0: none yet. For an item that is its stream's business.
    /// </summary>
    public void Add(ReadOnlySpan<byte> piece, out int grant)
    {
        if (piece.Length > _total - _received) throw new WireException("a payload is longer than it was announced");
        piece.CopyTo(_bytes.AsSpan(_received));
        _received += piece.Length;
        _consumed += Outgoing.Cost(piece.Length);
        grant = _consumed >= GrantAt || Whole ? _consumed : 0;
        if (grant > 0) _consumed = 0;
    }

    /// <summary>Gives the bytes back; once.</summary>
    public void Release() => ArrayPool<byte>.Shared.Return(_bytes);
}
