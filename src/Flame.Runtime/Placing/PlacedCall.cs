using Flame.CompilerServices;

namespace Flame.Placing;

/// <summary>A call of a placed object that has no answer yet.</summary>
internal abstract class PlacedCall(string method)
{
    public string Method => method;

    public abstract void Complete(ReadOnlySpan<byte> result);

    public abstract bool TryFail(Exception reason);
}

internal sealed class PlacedCall<TResult, TCodec>(string method) : PlacedCall(method)
    where TCodec : struct, IPayloadCodec<TResult>
{
    // The caller's code never runs where replies are read.
    private readonly TaskCompletionSource<TResult> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResult> End => _end.Task;

    public override void Complete(ReadOnlySpan<byte> result)
    {
        try
        {
            _end.TrySetResult(Payloads.Read<TResult, TCodec>(result, "result"));
        }
        catch (Exception e)
        {
            _end.TrySetException(e);
        }
    }

    public override bool TryFail(Exception reason) =>
        reason is OperationCanceledException cancelled ? _end.TrySetCanceled(cancelled.CancellationToken) : _end.TrySetException(reason);
}
