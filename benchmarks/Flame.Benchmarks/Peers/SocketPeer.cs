using System.Net.Sockets;

namespace Flame.Benchmarks;

/// <summary>What a hand-written protocol does: its frames over a Unix socket, with one writer that takes along all that waits.</summary>
internal sealed class SocketPeer : IAsyncDisposable
{
    public const string Name = "hand-made framing, Unix socket";

    private readonly Socket _socket;
    private readonly FramedCalls _calls;

    private SocketPeer(Socket socket)
    {
        (_socket, _calls) = (socket, new FramedCalls(bytes => SendAsync(socket, bytes)));
        _ = ReadAsync(socket, _calls.Complete);
    }

    public static async Task ServeAsync(string path)
    {
        using var socket = await UnixSocket.AcceptAsync(path);
        await ReadAsync(socket, FramedCalls.Answers(new FrameBatches(bytes => SendAsync(socket, bytes))));
    }

    public static async Task<SocketPeer> ConnectAsync(string path) => new(await UnixSocket.ConnectAsync(path));

    public Task<Response> CallAsync(Request request) => _calls.CallAsync(request);

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return default;
    }

    private static async ValueTask SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[await socket.SendAsync(bytes)..];
    }

    private static async Task ReadAsync(Socket socket, Action<int, ReadOnlySpan<byte>> take)
    {
        var (buffer, end) = (new byte[64 * 1024], 0);
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(end)) is > 0 and var count)
            {
                end += count;
                var taken = FrameBatches.Take(buffer.AsSpan(0, end), take);
                buffer.AsSpan(taken, end - taken).CopyTo(buffer);
                end -= taken;
            }
        }
        catch (SocketException)
        {
            // Its end.
        }
        catch (ObjectDisposedException)
        {
        }
    }
}
