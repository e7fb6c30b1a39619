namespace Flame.Wire;

/// <summary>Cuts a stream of bytes into frames. One reader at a time.</summary>
internal sealed class FrameReader(Stream stream)
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>
    /// Waits for more bytes, whose number goes to <see cref="Filled"/>. Invalidates earlier bodies. Two steps, for one
    /// asynchronous method around both would be allocated with every wait.
    /// </summary>
    public ValueTask<int> FillAsync(CancellationToken ct)
    {
        MakeRoom();
        return stream.ReadAsync(_buffer.AsMemory(_end), ct);
    }

    /// <summary>Takes over what <see cref="FillAsync"/> brought; <see langword="false"/> when the peer is done.</summary>
    public bool Filled(int count)
    {
        _end += count;
        return count > 0;
    }

    /// <summary>Takes the next whole frame that has arrived. The body is valid until <see cref="FillAsync"/>.</summary>
    /// <exception cref="WireException">The bytes are not our protocol.</exception>
    public bool TryRead(out FrameHeader header, out ReadOnlySpan<byte> body)
    {
        header = default;
        body = default;
        if (_end - _start < FrameHeader.Size) return false;

        header = FrameHeader.Read(_buffer.AsSpan(_start));
        var size = FrameHeader.Size + header.Length;
        if (_end - _start < size) return false;

        body = _buffer.AsSpan(_start + FrameHeader.Size, header.Length);
        _start += size;
        return true;
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
