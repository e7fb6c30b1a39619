using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Flame.Links;

namespace Flame.Grpc;

/// <summary>
/// One end of a link that has a TLS connection to itself: what is written are its bytes, with nothing around them. One reader
/// and one writer at a time.
/// </summary>
internal sealed class TlsStream(SslStream tls, TlsSocket bytes, string peer, TimeProvider time, bool waitsForReader, Newcomers.Newcomer? newcomer = null)
    : LinkStream, IArrival
{
    /// <summary>The protocol that both ends agree on in the handshake of TLS.</summary>
    public static readonly SslApplicationProtocol Protocol = new("flame/1");

    /// <summary>How long a write under way may still take when the stream is closed, and an executor waits until all is read.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(250);

    /// <summary>How long the other end may take to read what is before the end.</summary>
    private static readonly TimeSpan s_linger = TimeSpan.FromSeconds(10);

    /// <summary>More than can have been under way when the end was sent: who sends on behind that has not stopped at it.</summary>
    private const int MostUnderWay = 16 * 1024 * 1024;

    private readonly AbandonableWait _writeWait = new();
    private readonly CancellationTokenSource _noMoreReads = new();
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _endSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationToken _readersToken;
    private CancellationTokenSource? _eitherToken;
    private Task? _sending;
    private bool _isEnded;
    private bool _isWriting;
    private volatile bool _isClosed;
    private bool _isClosing;

    /// <summary>Completes when nothing is left of the connection.</summary>
    public Task Ended => _ended.Task;

    public void Admitted() => newcomer?.Dispose();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<int>(cancellationToken);
        return _isEnded || buffer.IsEmpty ? new ValueTask<int>(0) : ReadSomeAsync(buffer, cancellationToken);
    }

    /// <summary>Sends the bytes. One that is cancelled while it waits for the network may still arrive, whole; the stream stays usable.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        if (buffer.IsEmpty) return ValueTask.CompletedTask;
        return cancellationToken.CanBeCanceled || _sending is { IsCompleted: false } ? SendAsync(buffer, cancellationToken) : WriteWholeAsync(buffer);
    }

    public override async ValueTask DisposeAsync()
    {
        // Whatever hangs does not keep the owner for longer.
        await CloseAsync().WaitAsync(s_grace, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Starts the end without waiting for it.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _ = CloseAsync();
        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadSomeAsync(Memory<byte> buffer, CancellationToken ct)
    {
        try
        {
            var count = await tls.ReadAsync(buffer, UntilClosed(ct)).ConfigureAwait(false);
            if (count == 0 && bytes.HasEnded) throw new IOException("The other end is gone.");
            _isEnded = count == 0;
            return count;
        }
        catch (Exception exception)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            ct.ThrowIfCancellationRequested();
            throw Broken(exception);
        }
    }

    /// <summary>Fires with the reader's token and when this is closed. A link reads with the same token all its life.</summary>
    private CancellationToken UntilClosed(CancellationToken ct)
    {
        if (!ct.CanBeCanceled) return _noMoreReads.Token;
        if (_eitherToken is null || _readersToken != ct)
        {
            _eitherToken?.Dispose();
            _eitherToken = CancellationTokenSource.CreateLinkedTokenSource(ct, _noMoreReads.Token);
            _readersToken = ct;
        }

        return _eitherToken.Token;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteWholeAsync(ReadOnlyMemory<byte> buffer)
    {
        Interlocked.Exchange(ref _isWriting, true);
        try
        {
            // Closing waits for a write that it sees, and none begins behind it.
            ObjectDisposedException.ThrowIf(_isClosed, this);
            await tls.WriteAsync(buffer, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not ObjectDisposedException || !_isClosed)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            throw Broken(exception);
        }
        finally
        {
            Interlocked.Exchange(ref _isWriting, false);
            if (_isClosed) _written.TrySetResult();
        }
    }

    /// <summary>Half a record would break the connection, so only the wait can be given up; the bytes are copied for that.</summary>
    private async ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken ct)
    {
        if (_sending is { IsCompleted: false } earlier) await _writeWait.For(earlier, ct).ConfigureAwait(false);
        var sending = _sending = SendCopyAsync(buffer);
        await _writeWait.For(sending, ct).ConfigureAwait(false);
        await sending.ConfigureAwait(false);
    }

    private async Task SendCopyAsync(ReadOnlyMemory<byte> buffer)
    {
        var copy = ArrayPool<byte>.Shared.Rent(buffer.Length);
        try
        {
            buffer.CopyTo(copy);
            await WriteWholeAsync(copy.AsMemory(0, buffer.Length)).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _isClosing, true)) return Task.CompletedTask;
        _isClosed = true;
        Interlocked.MemoryBarrier();
        _writeWait.Close();
        _ = _noMoreReads.CancelAsync();
        var ending = EndAsync();
        return waitsForReader ? ending : _endSent.Task;
    }

    private async Task EndAsync()
    {
        try
        {
            if (_isWriting) await _written.Task.WaitAsync(s_grace, TimeProvider.System).ConfigureAwait(false);
            using var patience = new CancellationTokenSource(s_linger, time);
            await tls.ShutdownAsync().WaitAsync(patience.Token).ConfigureAwait(false);
            bytes.Socket.Shutdown(SocketShutdown.Send);
            _endSent.TrySetResult();
            await ReadToEndAsync(patience.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException or InvalidOperationException or OperationCanceledException or TimeoutException)
        {
            // A write hangs, the link is broken, or nobody reads: there is nobody to be graceful to.
        }
        finally
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            newcomer?.Dispose();
            _endSent.TrySetResult();
            _ended.TrySetResult();
        }
    }

    /// <summary>What still comes is for nobody. But a socket that is closed with bytes unread takes back what the other end has not read.</summary>
    private async Task ReadToEndAsync(CancellationToken ct)
    {
        var waste = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            for (var total = 0; total < MostUnderWay;)
            {
                var count = await bytes.Socket.ReceiveAsync(waste, ct).ConfigureAwait(false);
                if (count == 0) return;
                total += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(waste);
        }
    }

    private IOException Broken(Exception cause) => new($"The link to {peer} broke: {cause.Message}", cause);
}
