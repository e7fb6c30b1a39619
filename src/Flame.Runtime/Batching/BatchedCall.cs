using Flame.Telemetry;

namespace Flame.Batching;

/// <summary>One caller's item, from its arrival to its own result.</summary>
internal sealed class BatchedCall<TItem, TResult>(TItem item, Action<BatchedCall<TItem, TResult>> cancelled, CancellationToken ct)
    : TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private CancellationTokenRegistration _cancellation;

    public TItem Item => item;

    /// <summary>Its caller's span, if it has one that anybody listens to.</summary>
    public object? Caller { get; } = Listening.IsPossible ? BatchTelemetry.Caller() : null;

    /// <summary>The batch that it was sent with; the batcher's, under its gate.</summary>
    public SentBatch<TItem, TResult>? Batch { get; set; }

    /// <summary>From now on it may be cancelled, even before this returns.</summary>
    public void Watch()
    {
        if (ct.CanBeCanceled) _cancellation = ct.UnsafeRegister(static call => ((BatchedCall<TItem, TResult>)call!).OnCancelled(), this);
    }

    public bool TryCancel() => TrySetCanceled(ct);

    public void Succeed(TResult result)
    {
        _cancellation.Unregister();
        TrySetResult(result);
    }

    public void Fail(Exception reason)
    {
        _cancellation.Unregister();
        TrySetException(reason);
    }

    private void OnCancelled() => cancelled(this);
}
