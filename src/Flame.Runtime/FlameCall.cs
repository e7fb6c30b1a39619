using System.Runtime.CompilerServices;
using Flame.Links;

namespace Flame;

/// <summary>Where a spawned call is in its life.</summary>
public enum FlameCallStatus
{
    /// <summary>It waits for an executor, the first time or to run again.</summary>
    Queued,

    /// <summary>An executor has it.</summary>
    Running,

    /// <summary>Its method has run.</summary>
    Succeeded,

    /// <summary>It failed; awaiting it tells how.</summary>
    Failed,

    /// <summary>It was cancelled.</summary>
    Cancelled,
}

/// <summary>
/// A call that was spawned and not waited for: <c>var call = Videos.Spawn.CutAsync(video)</c>. It can be looked at, cancelled
/// and awaited, several times, and found again by its id with <see cref="FlamePools.FindCall"/>. It lives in the memory of
/// this process and is lost with it. Thread-safe.
/// </summary>
public class FlameCall
{
    private readonly CancellationTokenSource _cancel;
    private readonly CancellationToken[] _callers;
    private PendingCall? _attempt;
    private string? _endedOn;
    private bool _runsHere;
    private Task _end = Task.CompletedTask;

    internal FlameCall(string pool, string method, params CancellationToken[] callers)
    {
        (Pool, Method, _callers) = (pool, method, callers);
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(callers);
    }

    /// <summary>Its name: unique, not to be guessed, and fit for an address: letters and digits only.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The pool that runs it.</summary>
    public string Pool { get; }

    /// <summary>The called method as <c>Type.Method</c>.</summary>
    public string Method { get; }

    /// <summary>Where it is in its life at this moment.</summary>
    public FlameCallStatus Status => _end.Status switch
    {
        TaskStatus.RanToCompletion => FlameCallStatus.Succeeded,
        TaskStatus.Faulted => FlameCallStatus.Failed,
        TaskStatus.Canceled => FlameCallStatus.Cancelled,
        _ => _runsHere || Volatile.Read(ref _attempt)?.RunsOn is not null ? FlameCallStatus.Running : FlameCallStatus.Queued,
    };

    /// <summary>The executor that has the call, or had it when it ended; <see langword="null"/> while it waits for one.</summary>
    public string? Executor => Volatile.Read(ref _attempt)?.RunsOn ?? (_end.IsCompleted ? Volatile.Read(ref _endedOn) : null);

    /// <summary>The caller's token, or <see cref="Cancel"/>.</summary>
    internal CancellationToken Token => _cancel.Token;

    /// <summary>What a cancelled caller is told.</summary>
    internal CancellationToken CancelledBy => Array.Find(_callers, static caller => caller.IsCancellationRequested) is { CanBeCanceled: true } fired ? fired : _cancel.Token;

    /// <summary>Cancels it; one that has ended stays as it is. Returns at once: whoever awaits the call is told, and its slot is free when the method has stopped.</summary>
    public void Cancel()
    {
        try
        {
            _cancel.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended.
        }
    }

    /// <summary>Waits for its end; throws as the call itself would have.</summary>
    /// <returns>The awaiter.</returns>
    public TaskAwaiter GetAwaiter() => _end.GetAwaiter();

    /// <summary>Its end as a task.</summary>
    /// <returns>The same task each time.</returns>
    public Task AsTask() => _end;

    internal void Follow(Task end) => _end = end;

    /// <summary>The same, where the call runs in place.</summary>
    internal void FollowHere(Task end)
    {
        _runsHere = true;
        _end = end;
    }

    internal void Attempt(PendingCall attempt) => Volatile.Write(ref _attempt, attempt);

    internal void Ended(PendingCall attempt)
    {
        Volatile.Write(ref _endedOn, attempt.RunsOn);
        Interlocked.CompareExchange(ref _attempt, null, attempt);
    }

    internal void Release()
    {
        // Nobody has to await it: its status tells.
        _ = _end.Exception;
        _cancel.Dispose();
    }
}

/// <summary>A spawned call that has a result, see <see cref="FlameCall"/>.</summary>
/// <typeparam name="T">The result.</typeparam>
public sealed class FlameCall<T> : FlameCall
{
    internal FlameCall(string pool, string method, params CancellationToken[] callers) : base(pool, method, callers)
    {
    }

    /// <summary>Waits for its result; throws as the call itself would have.</summary>
    /// <returns>The awaiter.</returns>
    public new TaskAwaiter<T> GetAwaiter() => AsTask().GetAwaiter();

    /// <summary>Its result as a task.</summary>
    /// <returns>The same task each time.</returns>
    public new Task<T> AsTask() => (Task<T>)base.AsTask();
}
