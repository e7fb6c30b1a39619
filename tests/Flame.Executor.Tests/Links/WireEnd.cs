using System.Buffers.Binary;
using Flame.Wire;

namespace Flame.Executor.Tests.Links;

internal sealed record Frame(FrameKind Kind, FrameFlags Flags, ulong Call, byte[] Body, ushort Channel = 0)
{
    public bool Continues => (Flags & FrameFlags.Continuation) != 0;

    public bool IsTerminal(out bool last)
    {
        last = Kind == FrameKind.Failure || (Kind == FrameKind.Result && !Continues && Total == Body.Length - 4);
        return Kind == FrameKind.Failure || (Kind == FrameKind.Result && !Continues);
    }

    /// <summary>The whole length of the payload that an item or a result begins.</summary>
    public int Total => BinaryPrimitives.ReadInt32LittleEndian(Body);

    /// <summary>The bytes of the payload in this frame.</summary>
    public int PieceLength => Body.Length - (Continues ? 0 : Prefix + TableSize);

    private int Prefix => Kind == FrameKind.Call ? 20 : 4;

    private int TableSize => (Flags & FrameFlags.Blobs) == 0 ? 0 : (1 + BinaryPrimitives.ReadInt32LittleEndian(Body.AsSpan(Prefix))) * sizeof(int);
}

/// <summary>One end of a link, played by the test: it says what it likes and sees every frame.</summary>
internal sealed class WireEnd(Stream stream) : IAsyncDisposable
{
    private readonly FrameReader _reader = new(stream);
    private readonly SemaphoreSlim _writing = new(1);

    /// <summary>The next frame; <see langword="null"/> when the other end has closed.</summary>
    public async Task<Frame?> ReadAsync()
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        try
        {
            while (true)
            {
                if (_reader.TryRead(out var header, out var body)) return new Frame(header.Kind, header.Flags, header.Call, body.ToArray(), header.Channel);
                if (!_reader.Filled(await _reader.FillAsync(limit.Token))) return null;
            }
        }
        catch (Exception e) when (e is IOException and not WireException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>The next frame of this kind; those before it are passed over.</summary>
    public async Task<Frame> NextAsync(FrameKind kind)
    {
        while (true)
        {
            var frame = await ReadAsync() ?? throw new InvalidOperationException($"the link was closed where a {kind} frame was to come");
            if (frame.Kind == kind) return frame;
        }
    }

    public async Task ClosedAsync()
    {
        while (await ReadAsync() is not null)
        {
        }
    }

    public Task SendAsync(FrameKind kind, ulong call = 0, byte[]? body = null, FrameFlags flags = FrameFlags.None, ushort channel = 0) =>
        SendBytesAsync(Bytes(kind, call, body, flags, channel));

    public async Task SendBytesAsync(byte[] bytes)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        await _writing.WaitAsync(limit.Token);
        try
        {
            await stream.WriteAsync(bytes, limit.Token);
        }
        finally
        {
            _writing.Release();
        }
    }

    public Task CreditAsync(ulong call, int units, ushort channel = 0) => SendAsync(FrameKind.Credit, call, BitConverter.GetBytes(units), channel: channel);

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    public static byte[] Bytes(FrameKind kind, ulong call = 0, byte[]? body = null, FrameFlags flags = FrameFlags.None, ushort channel = 0)
    {
        body ??= [];
        var bytes = new byte[FrameHeader.Size + body.Length];
        new FrameHeader(body.Length, kind, flags, call, channel).Write(bytes);
        body.CopyTo(bytes, FrameHeader.Size);
        return bytes;
    }

    /// <summary>A payload's first frame: how long it is, and its beginning.</summary>
    public static byte[] Begin(int total, ReadOnlySpan<byte> first) => [.. BitConverter.GetBytes(total), .. first];
}
