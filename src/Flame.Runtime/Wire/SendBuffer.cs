using System.Numerics;

namespace Flame.Wire;

/// <summary>
/// What a link has to write: frames that are appended while the run before them is on its way. A run may end with bytes that
/// are written from where they are. Guarded by its <see cref="FrameSender"/>'s gate.
/// </summary>
internal sealed class SendBuffer
{
    private const int FirstSize = 16 * 1024;

    // What a jam made larger than this is given up when nothing waits any more: a link may live long after it.
    private const int KeptSize = 1024 * 1024;

    // A long run is written in parts, so that a slow connection shows that it moves.
    private const int MaxWrite = 256 * 1024;

    private byte[] _filling = new byte[FirstSize];
    private byte[] _writing = new byte[FirstSize];
    private ReadOnlyMemory<byte> _rest;
    private ReadOnlyMemory<byte> _lent;
    private int _frames;

    /// <summary>Bytes that wait for the next run.</summary>
    public int Length { get; private set; }

    /// <summary>How many bytes have ever been given to the connection.</summary>
    public long Given { get; private set; }

    /// <summary>How many writes there were.</summary>
    public uint Writes { get; private set; }

    /// <summary>The number of frames in the run that is written.</summary>
    public int FramesOfRun { get; private set; }

    /// <summary>Whether a part of the run is still to be written.</summary>
    public bool HasRest => !_rest.IsEmpty || !_lent.IsEmpty;

    /// <summary>Appends a frame and returns where its body goes.</summary>
    public Span<byte> Append(FrameHeader header)
    {
        var frame = Reserve(FrameHeader.Size + header.Length);
        header.Write(frame);
        return frame[FrameHeader.Size..];
    }

    /// <summary>Appends the header of a frame whose body is lent to the run that begins next.</summary>
    public void AppendHeader(FrameHeader header) => header.Write(Reserve(FrameHeader.Size));

    /// <summary>Begins a run of all that was appended, and of these bytes behind it.</summary>
    public void Begin(ReadOnlyMemory<byte> lent)
    {
        (_filling, _writing) = (_writing, _filling);
        _rest = _writing.AsMemory(0, Length);
        _lent = lent;
        Given += Length + lent.Length;
        FramesOfRun = _frames;
        (Length, _frames) = (0, 0);
    }

    /// <summary>The next part of the run.</summary>
    public ReadOnlyMemory<byte> NextWrite()
    {
        Writes++;
        if (_rest.IsEmpty)
        {
            var lent = _lent;
            _lent = default;
            return lent;
        }

        var part = _rest[..Math.Min(_rest.Length, MaxWrite)];
        _rest = _rest[part.Length..];
        return part;
    }

    /// <summary>Forgets what was appended.</summary>
    public void Clear() => Length = 0;

    /// <summary>Nothing is to be written: lets go of what is no longer needed.</summary>
    public void Rest()
    {
        (_rest, _lent) = (default, default);
        if (_filling.Length > KeptSize) _filling = new byte[FirstSize];
        if (_writing.Length > KeptSize) _writing = new byte[FirstSize];
    }

    private Span<byte> Reserve(int size)
    {
        // Powers of two: a stream that fills its credit needs less than what is kept, and must not get it anew with every run.
        if (_filling.Length - Length < size) Array.Resize(ref _filling, (int)BitOperations.RoundUpToPowerOf2((uint)(Length + size)));
        var reserved = _filling.AsSpan(Length, size);
        Length += size;
        _frames++;
        return reserved;
    }
}
