using Flame.CompilerServices;

namespace Flame.Links;

/// <summary>A call that its caller may look at, any time and after its end: so it is not pooled.</summary>
internal sealed class SpawnedCall<TResult, TCodec>(FlameCall shown) : PendingCall
    where TCodec : struct, IPayloadCodec<TResult>
{
    private readonly TaskCompletionSource<TResult> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResult> End => _end.Task;

    protected override CancellationToken CancelledBy => shown.CancelledBy;

    public override void Completed(ReadOnlySpan<byte> result, byte[][]? blobs)
    {
        if (HasCallerEnded) return;
        TResult value;
        try
        {
            value = Payloads.Read<TResult, TCodec>(result, blobs, "result");
        }
        catch (Exception e)
        {
            // Whatever a type's own reader throws: nothing else would end this call.
            TryFail(e);
            return;
        }

        if (!TryEndCaller()) return;
        _end.SetResult(value);
        shown.Ended(this);
        CallerLeft();
    }

    protected override void Fail(Exception reason)
    {
        if (reason is OperationCanceledException cancelled) _end.SetCanceled(cancelled.CancellationToken);
        else _end.SetException(reason);
        shown.Ended(this);
        CallerLeft();
    }
}
