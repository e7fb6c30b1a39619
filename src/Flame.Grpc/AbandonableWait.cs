using System.Threading.Tasks.Sources;

namespace Flame.Grpc;

/// <summary>
/// Waits for a task that cannot be cancelled (a gRPC read or write: to cancel one breaks the whole call) so that the
/// wait itself can be given up, and taken up again later. One waiter at a time; unlike <c>Task.WaitAsync</c> it
/// allocates nothing per wait, and a link waits once per message.
/// </summary>
internal sealed class AbandonableWait : IValueTaskSource
{
    private readonly Action _completed;
    private ManualResetValueTaskSourceCore<bool> _core;
    private CancellationTokenRegistration _registration;
    private Task? _watched;
    private bool _isWaiting;
    private volatile bool _isClosed;

    public AbandonableWait() => _completed = OnCompleted;

    /// <summary>Ends when the task has ended, however it did; the caller asks the task for its outcome.</summary>
    public ValueTask For(Task task, CancellationToken ct)
    {
        if (task.IsCompleted) return ValueTask.CompletedTask;

        _core.Reset();
        _core.RunContinuationsAsynchronously = false;
        var isNew = _watched != task;
        _watched = task;
        Volatile.Write(ref _isWaiting, true);
        if (isNew)
        {
            task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_completed);
        }
        else if (task.IsCompleted)
        {
            // It ended between the waits, when there was nobody to tell.
            OnCompleted();
        }

        _registration = ct.UnsafeRegister(static (wait, token) => ((AbandonableWait)wait!).Abandon(new OperationCanceledException(token)), this);
        if (_isClosed) Close();
        return new ValueTask(this, _core.Version);
    }

    /// <summary>Ends this wait and all later ones with <see cref="ObjectDisposedException"/>.</summary>
    public void Close()
    {
        _isClosed = true;
        Abandon(new ObjectDisposedException(nameof(GrpcStream)));
    }

    void IValueTaskSource.GetResult(short token)
    {
        _registration.Dispose();
        _registration = default;
        _core.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void OnCompleted()
    {
        // The call of a task whose wait was given up may come late, in the middle of the next task's wait.
        if (_watched!.IsCompleted && Interlocked.Exchange(ref _isWaiting, false)) _core.SetResult(true);
    }

    private void Abandon(Exception reason)
    {
        if (!Interlocked.Exchange(ref _isWaiting, false)) return;

        // Whoever cancels or disposes must not run the waiter's code.
        _core.RunContinuationsAsynchronously = true;
        _core.SetException(reason);
    }
}
