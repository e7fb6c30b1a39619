using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using Flame.Links;

namespace Flame.Kubernetes;

/// <summary>
/// The bytes of one forwarded port over a WebSocket of <c>v4.channel.k8s.io</c>: every message begins with the number of its
/// channel, 0 for data and 1 for an error in words, and the first of each channel goes on with the port in two bytes.
/// </summary>
/// <remarks>The client library's own stream blocks a thread for every read.</remarks>
internal sealed class PortForwardStream(WebSocket socket) : LinkStream
{
    private const byte Data = 0;
    private const byte Error = 1;
    private const int PortBytes = 2;
    private const int MaxMessage = 32 * 1024;

    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(1);

    private readonly byte[] _arrived = new byte[64 * 1024];
    private readonly int[] _portBytes = [PortBytes, PortBytes];
    private readonly StringBuilder _error = new();
    private int _start;
    private int _end;
    private byte _channel;
    private bool _hasChannel;
    private bool _isEnded;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_start == _end)
        {
            if (_isEnded || buffer.IsEmpty) return 0;
            await ReceiveAsync(cancellationToken).ConfigureAwait(false);
        }

        var taken = Math.Min(buffer.Length, _end - _start);
        _arrived.AsMemory(_start, taken).CopyTo(buffer);
        _start += taken;
        return taken;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var message = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length, MaxMessage) + 1);
        try
        {
            message[0] = Data;
            while (!buffer.IsEmpty)
            {
                var part = Math.Min(buffer.Length, MaxMessage);
                buffer.Span[..part].CopyTo(message.AsSpan(1));
                await socket.SendAsync(message.AsMemory(0, part + 1), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken).ConfigureAwait(false);
                buffer = buffer[part..];
            }
        }
        catch (WebSocketException e)
        {
            throw Broken(e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(message);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        // The server closes its end when it hears of this; one that does not answer is left.
        using var patience = new CancellationTokenSource(s_farewell, TimeProvider.System);
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        socket.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) socket.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask ReceiveAsync(CancellationToken ct)
    {
        ValueWebSocketReceiveResult result;
        try
        {
            result = await socket.ReceiveAsync(_arrived.AsMemory(), ct).ConfigureAwait(false);
        }
        catch (WebSocketException e)
        {
            throw Broken(e);
        }

        if (result.MessageType == WebSocketMessageType.Close)
        {
            _isEnded = true;
            if (_error.Length > 0) throw Broken(null);
            return;
        }

        Take(result);
    }

    /// <summary>Sorts what has arrived: a part of a message, of which only the first has the channel before it.</summary>
    private void Take(ValueWebSocketReceiveResult result)
    {
        (_start, _end) = (0, result.Count);
        if (!_hasChannel && result.Count > 0) (_channel, _hasChannel) = (_arrived[_start++], true);
        if (!_hasChannel) return;
        _hasChannel = !result.EndOfMessage;
        if (_channel <= Error)
        {
            var port = Math.Min(_portBytes[_channel], _end - _start);
            _portBytes[_channel] -= port;
            _start += port;
        }

        if (_channel == Data) return;
        if (_channel == Error) _error.Append(Encoding.UTF8.GetString(_arrived, _start, _end - _start));
        _start = _end;
        if (_channel == Error && _error.Length > 0 && result.EndOfMessage) throw Broken(null);
    }

    private IOException Broken(WebSocketException? cause) =>
        new(_error.Length > 0 ? $"The forwarded port failed: {_error}" : $"The forwarded port broke: {cause?.Message ?? "it was closed"}", cause);
}
