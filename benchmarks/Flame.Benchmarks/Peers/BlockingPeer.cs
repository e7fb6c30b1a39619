using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using MemoryPack;

namespace Flame.Benchmarks;

/// <summary>
/// The floor of one call at a time: caller and answerer block in the system until the other has written, so that no call ever
/// goes from one thread to another. Nobody else can use it meanwhile, nor the threads.
/// </summary>
internal sealed class BlockingPeer : IAsyncDisposable
{
    public const string Name = "blocking ping-pong, Unix socket";

    private const int LengthSize = 4;

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[1024];
    private readonly ArrayBufferWriter<byte> _writer = new(1024);

    private BlockingPeer(Socket socket) => _socket = socket;

    public static async Task ServeAsync(string path)
    {
        await using var end = new BlockingPeer(await UnixSocket.AcceptAsync(path));
        while (end.Receive<Request>() is { } request) end.Send(Echo.Answer(request));
    }

    public static async Task<BlockingPeer> ConnectAsync(string path)
    {
        var socket = await UnixSocket.ConnectAsync(path);

        // Nobody can end a wait that blocks.
        socket.ReceiveTimeout = (int)Patience.Limit.TotalMilliseconds;
        return new BlockingPeer(socket);
    }

    public Task<Response> CallAsync(Request request)
    {
        Send(request);
        return Task.FromResult(Receive<Response>() ?? throw new InvalidOperationException("the server has gone"));
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return default;
    }

    private void Send<T>(T message)
    {
        _writer.ResetWrittenCount();
        MemoryPackSerializer.Serialize(_writer, message);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer, _writer.WrittenCount);
        _writer.WrittenSpan.CopyTo(_buffer.AsSpan(LengthSize));
        _socket.Send(_buffer.AsSpan(0, LengthSize + _writer.WrittenCount));
    }

    private T? Receive<T>() where T : class
    {
        for (var end = 0; ;)
        {
            var count = _socket.Receive(_buffer.AsSpan(end));
            if (count == 0) return null;
            end += count;
            if (end >= LengthSize && end == LengthSize + BinaryPrimitives.ReadInt32LittleEndian(_buffer)) return MemoryPackSerializer.Deserialize<T>(_buffer.AsSpan(LengthSize, end - LengthSize));
        }
    }
}
