using System.Threading.Tasks.Sources;

namespace Flame.Mapping;

/// <summary>
/// Awaited by one at a time, again and again, without allocating; the one goes on on another thread than the one that
/// set it. Not thread-safe but for the await itself: its owner's gate guards it.
/// </summary>
internal sealed class Signal : IValueTaskSource<bool>
{
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };

    public bool IsAwaited { get; private set; }

    public ValueTask<bool> WaitAsync()
    {
        _source.Reset();
        IsAwaited = true;
        return new ValueTask<bool>(this, _source.Version);
    }

    public void Set(bool value)
    {
        if (!IsAwaited) return;
        IsAwaited = false;
        _source.SetResult(value);
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
