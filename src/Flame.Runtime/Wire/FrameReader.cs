namespace Flame.Wire;

/// <summary>Cuts a stream of bytes into frames. One reader at a time.</summary>
internal sealed class FrameReader(Stream stream)
{
    // Behind a body that was read to its place comes mostly a header and another such body: what is read with the header is copied.
    private const int Glance = 4 * 1024;

    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private FrameHeader _direct;
    private Memory<byte> _place;
    private int _missing;
    private bool _glance;

    /// <summary>
    /// Waits for more bytes, whose number goes to <see cref="Filled"/>. Invalidates earlier bodies. Two steps, for one
    /// asynchronous method around both would be allocated with every wait.
    /// </summary>
    public ValueTask<int> FillAsync(CancellationToken ct)
    {
        if (_missing > 0) return stream.ReadAsync(_place[^_missing..], ct);
        MakeRoom();
        var room = _buffer.AsMemory(_end);
        if (_glance) room = room[..Math.Min(room.Length, Glance)];
        _glance = false;
        return stream.ReadAsync(room, ct);
    }

    /// <summary>Takes over what <see cref="FillAsync"/> brought; <see langword="false"/> when the peer is done.</summary>
    public bool Filled(int count)
    {
        if (_missing > 0) _missing -= count;
        else _end += count;
        return count > 0;
    }

    /// <summary>Takes the next whole frame that has arrived. The body is valid until <see cref="FillAsync"/>.</summary>
    /// <exception cref="WireException">The bytes are not our protocol.</exception>
    public bool TryRead(out FrameHeader header, out ReadOnlySpan<byte> body)
    {
        header = default;
        body = default;
        if (!_place.IsEmpty) return TryTakeDirect(out header, out body);
        if (_end - _start < FrameHeader.Size) return false;

        header = FrameHeader.Read(_buffer.AsSpan(_start));
        var size = FrameHeader.Size + header.Length;
        if (_end - _start < size) return false;

        body = _buffer.AsSpan(_start + FrameHeader.Size, header.Length);
        _start += size;
        return true;
    }

    /// <summary>The header of the frame that is arriving, where so much of its body is still to come that it is worth to read that to its place.</summary>
    public bool TryForesee(out FrameHeader header)
    {
        header = default;
        if (!_place.IsEmpty || _end - _start < FrameHeader.Size) return false;
        header = FrameHeader.Read(_buffer.AsSpan(_start));
        return header.Length - (_end - _start - FrameHeader.Size) >= Glance;
    }

    /// <summary>Has the body of the frame that is arriving read there; <see cref="TryRead"/> gives it out when it is whole.</summary>
    /// <param name="header">The frame.</param>
    /// <param name="place">As long as its body.</param>
    public void ReadTo(FrameHeader header, Memory<byte> place)
    {
        var here = _buffer.AsSpan(_start + FrameHeader.Size, _end - _start - FrameHeader.Size);
        here.CopyTo(place.Span);
        (_direct, _place, _missing) = (header, place, place.Length - here.Length);
        (_start, _end) = (0, 0);
    }

    /// <summary>Waits for the peer's introduction, which is the first frame of a link.</summary>
    /// <exception cref="WireException">Something else came.</exception>
    /// <exception cref="EndOfStreamException">The connection closed before.</exception>
    public async Task<THello> ReadHelloAsync<THello>(Func<ReadOnlySpan<byte>, THello> decode, CancellationToken ct)
    {
        while (true)
        {
            if (TryRead(out var header, out var body))
            {
                return header.Kind == FrameKind.Hello ? decode(body) : throw new WireException($"a {header.Kind} frame came before Hello");
            }

            if (!Filled(await FillAsync(ct).ConfigureAwait(false))) throw new EndOfStreamException("the connection closed before Hello");
        }
    }

    private bool TryTakeDirect(out FrameHeader header, out ReadOnlySpan<byte> body)
    {
        header = _direct;
        body = _place.Span;
        if (_missing > 0) return false;
        _place = default;
        _glance = true;
        return true;
    }

    private void MakeRoom()
    {
        var kept = _end - _start;
        if (_start > 0)
        {
            _buffer.AsSpan(_start, kept).CopyTo(_buffer);
            _start = 0;
            _end = kept;
        }

        // Only a frame larger than the buffer fills it: chunks are smaller, so this is a large handshake or log.
        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
    }
}
