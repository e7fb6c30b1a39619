namespace Flame.Links;

/// <summary>A call whose end nobody awaits: its caller waits for the hand-over, and its failure is logged and counted.</summary>
internal sealed class CastCall : PendingCall
{
    private readonly TaskCompletionSource _handedOver = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task HandedOver => _handedOver.Task;

    public override void Completed(ReadOnlySpan<byte> result, byte[][]? blobs)
    {
        if (TryEndCaller()) CallerLeft();
    }

    protected override void OnSent() => _handedOver.TrySetResult();

    protected override void OnCancelRequested()
    {
        // Once it is handed over, the token that guarded the wait means nothing to it.
        if (!_handedOver.Task.IsCompleted) base.OnCancelRequested();
    }

    protected override void Fail(Exception reason)
    {
        if (reason is OperationCanceledException cancelled && _handedOver.TrySetCanceled(cancelled.CancellationToken))
        {
        }
        else
        {
            // On an executor it is handed over, even where its failure is back before the hand-over was told.
            if (Link is not null) _handedOver.TrySetResult();
            if (!_handedOver.TrySetException(reason)) Pool.CastFailed(this, reason);
        }

        CallerLeft();
    }
}
