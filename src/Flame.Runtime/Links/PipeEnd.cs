using System.Buffers;
using System.IO.Pipelines;

namespace Flame.Links;

/// <summary>One end of a <see cref="PipeConnection"/> as a stream. One reader and one writer at a time.</summary>
internal sealed class PipeEnd(PipeConnection connection, PipeReader input, PipeWriter output) : LinkStream
{
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _lock = new();
    private bool _isReading;
    private bool _isDisposed;

    public PipeConnection Connection => connection;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _isReading = true;
        }

        try
        {
            return await ReadOnceAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                _isReading = false;
                if (_isDisposed)
                    input.Complete();
            }
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        await PassAsync(either.Token, cancellationToken).ConfigureAwait(false);
        var result = await Guard(output.WriteAsync(buffer, either.Token), cancellationToken).ConfigureAwait(false);
        if (connection.IsCut || result.IsCompleted)
            throw new IOException("The other end of the pipe is gone.");
    }

    internal void Wake()
    {
        input.CancelPendingRead();
        output.CancelPendingFlush();
    }

    protected override void Dispose(bool disposing)
    {
        var ends = false;
        lock (_lock)
        {
            if (disposing && !_isDisposed)
            {
                ends = true;
                _isDisposed = true;

                // A read under way still copies from the pipe's memory, and returns it when it is done.
                if (!_isReading)
                    input.Complete();
            }
        }

        if (ends)
        {
            _disposed.Cancel();
            output.Complete();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadOnceAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        while (true)
        {
            await PassAsync(either.Token, cancellationToken).ConfigureAwait(false);
            var result = await Guard(input.ReadAsync(either.Token), cancellationToken).ConfigureAwait(false);

            // Frozen or cut in the meantime: nothing may come through, so what came stays unread.
            if (result.IsCanceled || connection.IsCut || !connection.WhenThawed(CancellationToken.None).IsCompleted)
            {
                input.AdvanceTo(result.Buffer.Start);
                continue;
            }

            if (result.Buffer.IsEmpty && !result.IsCompleted)
            {
                input.AdvanceTo(result.Buffer.End);
                continue;
            }

            var taken = result.Buffer.Slice(0, Math.Min(buffer.Length, result.Buffer.Length));
            taken.CopyTo(buffer.Span);

            // Before the pipe gets its memory back: a sequence measures itself by its segments.
            var count = (int)taken.Length;
            input.AdvanceTo(taken.End);
            return count;
        }
    }

    private async ValueTask PassAsync(CancellationToken either, CancellationToken callers)
    {
        ObjectDisposedException.ThrowIf(_disposed.IsCancellationRequested, this);
        if (connection.WhenThawed(either) is { IsCompleted: false } thawed)
            await Guard(new ValueTask<bool>(Wait(thawed)), callers).ConfigureAwait(false);
        if (connection.IsCut)
            throw new IOException("The pipe was cut.");

        static async Task<bool> Wait(Task task)
        {
            await task.ConfigureAwait(false);
            return true;
        }
    }

    // A socket that is disposed under a read throws this too; callers see one behaviour on every carrier.
    private async ValueTask<T> Guard<T>(ValueTask<T> step, CancellationToken callers)
    {
        try
        {
            return await step.ConfigureAwait(false);
        }
        catch (Exception exception) when (_disposed.IsCancellationRequested && !callers.IsCancellationRequested
            && exception is OperationCanceledException or InvalidOperationException)
        {
            throw new ObjectDisposedException(nameof(PipeEnd));
        }
    }
}
