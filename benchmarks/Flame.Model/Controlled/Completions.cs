using System.Threading.Tasks.Sources;
using Flame.Model;

namespace Flame;

/// <summary>Stands in front of the framework's. What awaits it follows as a strand of its own, whatever the options.</summary>
internal class TaskCompletionSource<T>
{
    private readonly System.Threading.Tasks.TaskCompletionSource<T> _source = new();

    public TaskCompletionSource()
    {
    }

    public TaskCompletionSource(TaskCreationOptions _)
    {
    }

    public Task<T> Task => _source.Task;

    public bool TrySetResult(T result) => Point() && _source.TrySetResult(result);

    public bool TrySetException(Exception exception) => Point() && _source.TrySetException(exception);

    public bool TrySetCanceled(CancellationToken ct) => Point() && _source.TrySetCanceled(ct);

    public void SetResult(T result) => Once(TrySetResult(result));

    public void SetException(Exception exception) => Once(TrySetException(exception));

    public void SetCanceled(CancellationToken ct) => Once(TrySetCanceled(ct));

    private static bool Point()
    {
        World.Current?.Point("a completion");
        return true;
    }

    private static void Once(bool first)
    {
        if (first) return;
        World.Current?.Fail("a task was ended twice");
        throw new InvalidOperationException("It has ended already.");
    }
}

/// <summary>Stands in front of the framework's.</summary>
internal sealed class TaskCompletionSource : TaskCompletionSource<bool>
{
    public TaskCompletionSource()
    {
    }

    public TaskCompletionSource(TaskCreationOptions options) : base(options)
    {
    }

    public bool TrySetResult() => TrySetResult(true);

    public void SetResult() => SetResult(true);
}

/// <summary>Stands in front of the framework's.</summary>
internal struct ManualResetValueTaskSourceCore<T>
{
    private Action<object?>? _continuation;
    private object? _state;
    private T? _result;
    private Exception? _error;
    private bool _ended;

    public bool RunContinuationsAsynchronously { get; set; }

    public short Version { get; private set; }

    public void Reset()
    {
        Version++;
        (_continuation, _state, _result, _error, _ended) = (null, null, default, null, false);
    }

    public void SetResult(T result)
    {
        World.Current?.Point("an outcome");
        End(result, null);
    }

    public void SetException(Exception error)
    {
        World.Current?.Point("an outcome");
        End(default, error);
    }

    public readonly T GetResult(short token)
    {
        Check(token);
        if (_error is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_error);
        return _result!;
    }

    public readonly ValueTaskSourceStatus GetStatus(short token)
    {
        Check(token);
        return !_ended ? ValueTaskSourceStatus.Pending
            : _error is null ? ValueTaskSourceStatus.Succeeded
            : _error is OperationCanceledException ? ValueTaskSourceStatus.Canceled : ValueTaskSourceStatus.Faulted;
    }

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        Check(token);
        (_continuation, _state) = (continuation, state);
        if (_ended) Continue();
    }

    private void End(T? result, Exception? error)
    {
        if (_ended) World.Current?.Fail("an await has two outcomes");
        (_result, _error, _ended) = (result, error, true);
        if (_continuation is not null) Continue();
    }

    private readonly void Continue()
    {
        var (continuation, state) = (_continuation!, _state);
        if (World.Current is { } world) world.Post("an awaiting caller", () => continuation(state));
        else continuation(state);
    }

    private readonly void Check(short token)
    {
        if (token != Version) World.Current?.Fail("the object of a call serves another one already");
    }
}
