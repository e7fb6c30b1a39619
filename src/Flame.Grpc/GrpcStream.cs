using System.Runtime.CompilerServices;
using Flame.Links;
using Grpc.Core;

namespace Flame.Grpc;

/// <summary>
/// One end of a gRPC call as a duplex stream: a write of up to <see cref="LinkMessage.MaxSize"/> is one message, and
/// reads hand out the messages' bytes in order. One reader and one writer at a time.
/// </summary>
internal abstract class GrpcStream(string peer) : LinkStream
{
    private readonly AbandonableWait _readWait = new();
    private readonly AbandonableWait _writeWait = new();
    private readonly LinkMessage _outgoing = new();
    private readonly Lock _lock = new();
    private Task<bool>? _arriving;
    private Task? _sending;
    private LinkMessage? _current;
    private ReadOnlyMemory<byte> _unread;
    private bool _isEnded;
    private volatile bool _isClosed;

    /// <summary>The message that the last read brought, or <see langword="null"/> while the next is on its way.</summary>
    protected abstract LinkMessage? Arrived { get; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<int>(cancellationToken);
        if (!_unread.IsEmpty) return new ValueTask<int>(Take(buffer));
        return _isEnded || buffer.IsEmpty ? new ValueTask<int>(0) : ReadNextAsync(buffer, cancellationToken);
    }

    /// <summary>Sends the bytes. One that is cancelled while it waits for the network may still arrive, whole; the stream stays usable.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        if (buffer.Length > LinkMessage.MaxSize || _sending is { IsCompleted: false }) return SendPartsAsync(buffer, cancellationToken);
        if (buffer.IsEmpty) return ValueTask.CompletedTask;

        var sending = Send(buffer);
        return sending.IsCompletedSuccessfully ? ValueTask.CompletedTask : SentAsync(sending, cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Starts the end without waiting for it.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _ = CloseAsync();
        base.Dispose(disposing);
    }

    /// <summary>The read that gRPC has under way, whether or not anybody waits for it.</summary>
    protected Task? PendingRead => _arriving;

    /// <summary>Asks for the next message.</summary>
    protected abstract Task<bool> MoveNextAsync();

    /// <summary>Sends one message. Takes its bytes before it first waits.</summary>
    protected abstract Task SendAsync(LinkMessage message);

    /// <summary>Ends the call: gracefully, or at once where a write hangs and the end could not be sent behind it.</summary>
    protected abstract Task EndAsync(bool atOnce);

    /// <summary>The next message's arrival; <see langword="false"/> at the end. After closing only <see cref="EndAsync"/> asks.</summary>
    protected Task<bool> Next(bool forEnd = false)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed && !forEnd, this);
            if (forEnd && _arriving is { IsCompleted: true }) _arriving = null;
            return _isEnded ? Task.FromResult(false) : _arriving ??= MoveNextAsync();
        }
    }

    private Task CloseAsync()
    {
        lock (_lock)
        {
            if (_isClosed) return Task.CompletedTask;
            _isClosed = true;
        }

        _readWait.Close();
        _writeWait.Close();
        return EndAsync(atOnce: _sending is { IsCompleted: false });
    }

    private int Take(Memory<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _unread.Length);
        _unread.Span[..count].CopyTo(buffer.Span);
        _unread = _unread[count..];
        return count;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadNextAsync(Memory<byte> buffer, CancellationToken ct)
    {
        while (_unread.IsEmpty)
        {
            var arriving = Next();
            await _readWait.For(arriving, ct).ConfigureAwait(false);
            if (await Outcome(arriving).ConfigureAwait(false)) continue;
            _isEnded = true;
            return 0;
        }

        return Take(buffer);
    }

    /// <summary>Takes over what has arrived.</summary>
    private async ValueTask<bool> Outcome(Task<bool> arrived)
    {
        _current?.Return();
        _current = null;
        try
        {
            if (!await arrived.ConfigureAwait(false)) return false;
        }
        catch (Exception exception)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            throw Broken(exception);
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _arriving = null;
            _current = Arrived!;
            _unread = _current.Bytes;
        }

        return true;
    }

    private async ValueTask SendPartsAsync(ReadOnlyMemory<byte> buffer, CancellationToken ct)
    {
        // An earlier write whose caller gave up is still in front of this one.
        if (_sending is { IsCompleted: false } earlier) await _writeWait.For(earlier, ct).ConfigureAwait(false);
        while (!buffer.IsEmpty)
        {
            var part = buffer[..Math.Min(buffer.Length, LinkMessage.MaxSize)];
            await SentAsync(Send(part), ct).ConfigureAwait(false);
            buffer = buffer[part.Length..];
        }
    }

    private Task Send(ReadOnlyMemory<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        _outgoing.Bytes = bytes;
        try
        {
            return _sending = SendAsync(_outgoing);
        }
        catch (Exception exception) when (exception is not IOException)
        {
            throw Broken(exception);
        }
        finally
        {
            // The caller may reuse them as soon as the write is over.
            _outgoing.Bytes = default;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SentAsync(Task sending, CancellationToken ct)
    {
        await _writeWait.For(sending, ct).ConfigureAwait(false);
        if (sending.IsCompletedSuccessfully) return;
        ObjectDisposedException.ThrowIf(_isClosed, this);
        throw Broken(sending.Exception?.InnerException ?? new OperationCanceledException());
    }

    private IOException Broken(Exception cause) => new($"The link to {peer} broke: {(cause is RpcException rpc ? rpc.Status.Detail : cause.Message)}", cause);
}
