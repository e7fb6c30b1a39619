using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using MemoryPack;

namespace Flame.Benchmarks;

/// <summary>
/// What a hand-written protocol does: length, number of the call and MemoryPack's bytes over a Unix socket, with one writer that
/// takes along all that waits. No deadlines, no cancellation, no failures, no limits.
/// </summary>
internal sealed class SocketPeer : IAsyncDisposable
{
    public const string Name = "hand-made framing, Unix socket";

    private const int HeaderSize = 8;

    private readonly Socket _socket;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<Response>> _pending = new();
    private readonly Writer _writer;
    private int _lastCall;

    private SocketPeer(Socket socket)
    {
        (_socket, _writer) = (socket, new Writer(socket));
        _ = ReadAsync(socket, (call, bytes) =>
        {
            if (_pending.TryRemove(call, out var pending)) pending.SetResult(MemoryPackSerializer.Deserialize<Response>(bytes)!);
        });
    }

    public static async Task ServeAsync(string path)
    {
        using var socket = await UnixSocket.AcceptAsync(path);
        var writer = new Writer(socket);
        await ReadAsync(socket, (call, bytes) =>
        {
            var request = MemoryPackSerializer.Deserialize<Request>(bytes)!;
            ThreadPool.UnsafeQueueUserWorkItem(static w => w.writer.Write(w.call, Echo.Answer(w.request)), (writer, call, request), preferLocal: false);
        });
    }

    public static async Task<SocketPeer> ConnectAsync(string path) => new SocketPeer(await UnixSocket.ConnectAsync(path));

    public Task<Response> CallAsync(Request request)
    {
        var call = Interlocked.Increment(ref _lastCall);
        var pending = _pending[call] = new TaskCompletionSource<Response>(TaskCreationOptions.RunContinuationsAsynchronously);
        _writer.Write(call, request);
        return pending.Task;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return default;
    }

    private static async Task ReadAsync(Socket socket, Action<int, ReadOnlySpan<byte>> take)
    {
        var (buffer, start, end) = (new byte[64 * 1024], 0, 0);
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(end)) is > 0 and var count)
            {
                end += count;
                while (end - start >= HeaderSize && BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(start)) is var length && end - start >= HeaderSize + length)
                {
                    take(BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(start + 4)), buffer.AsSpan(start + HeaderSize, length));
                    start += HeaderSize + length;
                }

                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
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

    private sealed class Writer(Socket socket)
    {
        private readonly Lock _gate = new();
        private ArrayBufferWriter<byte> _filling = new(64 * 1024);
        private ArrayBufferWriter<byte> _writing = new(64 * 1024);
        private bool _isWriting;

        public void Write<T>(int call, T message)
        {
            lock (_gate)
            {
                var at = _filling.WrittenCount;
                _ = _filling.GetSpan(HeaderSize);
                _filling.Advance(HeaderSize);
                MemoryPackSerializer.Serialize(_filling, message);
                var header = System.Runtime.InteropServices.MemoryMarshal.AsMemory(_filling.WrittenMemory).Span[at..];
                BinaryPrimitives.WriteInt32LittleEndian(header, header.Length - HeaderSize);
                BinaryPrimitives.WriteInt32LittleEndian(header[4..], call);
                if (_isWriting) return;
                _isWriting = true;
            }

            _ = FlushAsync();
        }

        private async Task FlushAsync()
        {
            while (true)
            {
                lock (_gate)
                {
                    if (_filling.WrittenCount == 0)
                    {
                        _isWriting = false;
                        return;
                    }

                    (_filling, _writing) = (_writing, _filling);
                }

                for (var sent = 0; sent < _writing.WrittenCount;) sent += await socket.SendAsync(_writing.WrittenMemory[sent..]);
                _writing.ResetWrittenCount();
            }
        }
    }
}
