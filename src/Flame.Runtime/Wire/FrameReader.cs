namespace Flame.Wire;

/// <summary>Cuts a stream of bytes into frames. One reader at a time.</summary>
internal sealed class FrameReader(Stream stream)
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Waits for more bytes; <see langword="false"/> when the peer is done. Invalidates earlier bodies.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken ct)
    {
        MakeRoom();
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), ct).ConfigureAwait(false);
        _end += read;
        return read > 0;
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
