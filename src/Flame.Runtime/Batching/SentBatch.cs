namespace Flame.Batching;

/// <summary>Calls that are sent as one, which is wanted as long as one of their callers waits. Thread-safe.</summary>
internal sealed class SentBatch<TItem, TResult>(BatchedCall<TItem, TResult>[] calls) : IDisposable
{
    private readonly CancellationTokenSource _unwanted = new();
    private int _callers = calls.Length;

    public IReadOnlyList<BatchedCall<TItem, TResult>> Calls => calls;

    public CancellationToken Unwanted => _unwanted.Token;

    public void CallerLeft()
    {
        if (Interlocked.Decrement(ref _callers) > 0) return;
        try
        {
            _unwanted.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended.
        }
    }

    public void Succeed(TResult[] results)
    {
        for (var i = 0; i < calls.Length; i++) calls[i].Succeed(results[i]);
    }

    public void Fail(Exception reason)
    {
        foreach (var call in calls) call.Fail(reason);
    }

    public void Dispose() => _unwanted.Dispose();
}
