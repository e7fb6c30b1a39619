using Flame.CompilerServices;
using Flame.Telemetry;

namespace Flame.Placing;

/// <summary>A call of a placed object that has no answer yet.</summary>
internal abstract class PlacedCall(string method)
{
    public string Method => method;

    /// <summary>What is seen of it; <see langword="null"/>: nobody listens.</summary>
    public CallTelemetry? Telemetry { get; init; }

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
            var value = Payloads.Read<TResult, TCodec>(result, "result");
            Telemetry?.Received(result.Length);
            Telemetry?.End(null);
            _end.TrySetResult(value);
        }
        catch (Exception e)
        {
            TryFail(e);
        }
    }

    public override bool TryFail(Exception reason)
    {
        Telemetry?.End(reason);
        return reason is OperationCanceledException cancelled ? _end.TrySetCanceled(cancelled.CancellationToken) : _end.TrySetException(reason);
    }
}
