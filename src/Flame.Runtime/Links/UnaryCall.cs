using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;
using Flame.CompilerServices;

namespace Flame.Links;

/// <summary>A call with one result, pooled: a warm call allocates nothing here.</summary>
internal sealed class UnaryCall<TResult, TCodec> : PendingCall, IValueTaskSource<TResult>, IValueTaskSource
    where TCodec : struct, IPayloadCodec<TResult>
{
    private const int Kept = 1024;

    private static readonly ConcurrentQueue<UnaryCall<TResult, TCodec>> Pooled = new();

    // The caller's code never runs on the read loop.
    private ManualResetValueTaskSourceCore<TResult> _source = new() { RunContinuationsAsynchronously = true };

    private UnaryCall()
    {
    }

    public static UnaryCall<TResult, TCodec> Rent() => Pooled.TryDequeue(out var call) ? call : new();

    public ValueTask<TResult> AsValueTask() => new(this, _source.Version);

    public ValueTask AsValueTaskWithoutResult() => new(this, _source.Version);

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
            TryFail(e);
            return;
        }

        if (TryEndCaller()) _source.SetResult(value);
    }

    TResult IValueTaskSource<TResult>.GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            CallerLeft();
        }
    }

    void IValueTaskSource.GetResult(short token) => ((IValueTaskSource<TResult>)this).GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TResult>.GetStatus(short token) => _source.GetStatus(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<TResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    protected override void Fail(Exception reason) => _source.SetException(reason);

    protected override void Recycle()
    {
        _source.Reset();
        if (Pooled.Count < Kept) Pooled.Enqueue(this);
    }
}
