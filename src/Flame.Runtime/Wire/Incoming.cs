namespace Flame.Wire;

/// <summary>A large payload as it arrives, piece by piece: its head, and its blobs behind it, each in an array of its own. Owned by the read loop until it is whole.</summary>
internal sealed class Incoming
{
    // What was only announced is not paid for: the buffer grows as the bytes come. That of a blob, whose memory is touched by nothing
    // else, in larger steps, so that little is copied.
    private const int FirstSize = 1024 * 1024;
    private const int Growth = 4;
    private const int BlobGrowth = 16;
    private const int GrantAt = Outgoing.InitialCredit / 2;

    private readonly int _headLength;
    private readonly int[] _blobLengths;
    private byte[] _head;
    private byte[][]? _blobs;
    private int _filling = -1;
    private byte[] _target;
    private int _targetLength;
    private int _filled;
    private int _missing;
    private int _consumed;

    /// <exception cref="WireException">More bytes came than were announced.</exception>
    public Incoming(FrameKind kind, int total, ReadOnlySpan<byte> first, int[]? blobs = null)
    {
        Kind = kind;
        _missing = total;
        _blobLengths = blobs ?? [];
        _headLength = total - _blobLengths.Sum();
        _head = _target = PayloadBytes.Rent(Math.Min(_headLength, FirstSize));
        _targetLength = _headLength;
        Append(first);
    }

    /// <summary>What it is a payload of; its pieces come in frames of this kind.</summary>
    public FrameKind Kind { get; }

    public bool Whole => _missing == 0;

    /// <summary>The head.</summary>
    public ReadOnlySpan<byte> Span => _head.AsSpan(0, _headLength);

    /// <summary>The arrays of the blobs, once it is whole; they are not given back.</summary>
    public byte[][]? Blobs => _blobs;

    /// <summary>Where a piece of this length may be read to, so that it needs no copy; empty: nowhere.</summary>
    public Memory<byte> Room(int length)
    {
        if (length > _targetLength - _filled) return default;
        if (length > _target.Length - _filled) Grow(length);
        return _target.AsMemory(_filled, length);
    }

    /// <summary>
    /// Adds a piece, which may be where <see cref="Room"/> has said, and says how much credit to give back now; 0: none yet, or none any more.
    /// For an item that is its stream's business.
    /// </summary>
    /// <exception cref="WireException">More bytes came than were announced, or none: a payload of such pieces would never end.</exception>
    public void Add(ReadOnlySpan<byte> piece, out int grant)
    {
        if (piece.IsEmpty) throw new WireException("a payload goes on with nothing");
        Append(piece);
        grant = _consumed >= GrantAt && !Whole ? _consumed : 0;
        if (grant > 0) _consumed = 0;
    }

    /// <summary>Gives the head's bytes back; once.</summary>
    public void Release() => PayloadBytes.Return(_head);

    private void Append(ReadOnlySpan<byte> piece)
    {
        if (piece.Length > _missing) throw new WireException("a payload is longer than it was announced");
        _missing -= piece.Length;
        _consumed += Outgoing.Cost(piece.Length);
        while (true)
        {
            var part = piece[..Math.Min(piece.Length, _targetLength - _filled)];
            if (part.Length > _target.Length - _filled) Grow(part.Length);
            var place = _target.AsSpan(_filled, part.Length);
            if (!part.Overlaps(place)) part.CopyTo(place);
            _filled += part.Length;
            piece = piece[part.Length..];
            if (_filled == _targetLength && _filling + 1 < _blobLengths.Length) BeginBlob();
            else if (piece.IsEmpty) return;
        }
    }

    private void BeginBlob()
    {
        _blobs ??= new byte[_blobLengths.Length][];
        _filling++;
        _filled = 0;
        _targetLength = _blobLengths[_filling];
        _target = _blobs[_filling] = GC.AllocateUninitializedArray<byte>(Math.Min(_targetLength, FirstSize));
    }

    private void Grow(int by)
    {
        var size = (int)Math.Min(Math.Max(_filled + (long)by, _target.Length * (_filling < 0 ? Growth : (long)BlobGrowth)), _targetLength);
        var grown = _filling < 0 ? PayloadBytes.Rent(size) : GC.AllocateUninitializedArray<byte>(size);
        _target.AsSpan(0, _filled).CopyTo(grown);
        if (_filling >= 0) _blobs![_filling] = grown;
        else
        {
            PayloadBytes.Return(_head);
            _head = grown;
        }

        _target = grown;
    }
}
