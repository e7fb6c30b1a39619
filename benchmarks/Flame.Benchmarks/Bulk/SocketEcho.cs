using System.Buffers.Binary;
using System.Net.Sockets;

namespace Flame.Benchmarks;

/// <summary>
/// The yardstick: a bare Unix socket, a length and then the bytes, straight from the caller's array and straight into a new one. One call
/// at a time; more wait for each other.
/// </summary>
internal sealed class SocketEcho : IAsyncDisposable
{
    public const string Name = "bare Unix socket";

    private readonly Socket _socket;
    private readonly SemaphoreSlim _turn = new(1);

    private SocketEcho(Socket socket) => _socket = socket;

    public static async Task ServeAsync(string path)
    {
        using var socket = await UnixSocket.AcceptAsync(path);
        while (await ReceiveAsync(socket) is { } bytes) await SendAsync(socket, bytes);
    }

    public static async Task<SocketEcho> ConnectAsync(string path) => new SocketEcho(await UnixSocket.ConnectAsync(path));

    public async Task<byte[]> CallAsync(byte[] payload)
    {
        await _turn.WaitAsync();
        try
        {
            await SendAsync(_socket, payload);
            return await ReceiveAsync(_socket) ?? throw new InvalidOperationException("the server has gone");
        }
        finally
        {
            _turn.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _turn.Dispose();
        return default;
    }

    private static async Task SendAsync(Socket socket, byte[] bytes)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        await socket.SendAsync(length);
        for (var sent = 0; sent < bytes.Length;) sent += await socket.SendAsync(bytes.AsMemory(sent));
    }

    private static async Task<byte[]?> ReceiveAsync(Socket socket)
    {
        var length = new byte[4];
        if (!await FillAsync(socket, length)) return null;
        var bytes = GC.AllocateUninitializedArray<byte>(BinaryPrimitives.ReadInt32LittleEndian(length));
        return await FillAsync(socket, bytes) ? bytes : null;
    }

    private static async Task<bool> FillAsync(Socket socket, Memory<byte> target)
    {
        while (!target.IsEmpty)
        {
            var count = await socket.ReceiveAsync(target);
            if (count == 0) return false;
            target = target[count..];
        }

        return true;
    }
}
