using System.Runtime.CompilerServices;

namespace Flame.Mapping;

/// <summary>The place of one item under way, used again by later ones: there are never more than may be in flight.</summary>
internal sealed class MappedCall<TIn, TOut>
{
    private readonly MapRun<TIn, TOut> _run;
    private readonly Action _end;
    private ConfiguredValueTaskAwaitable<TOut>.ConfiguredValueTaskAwaiter _awaiter;
    private TIn _input = default!;
    private TOut _value = default!;
    private long _index;

    public MappedCall(MapRun<TIn, TOut> run)
    {
        _run = run;
        _end = End;
    }

    /// <summary>Whether the call has ended; the run's, under its gate.</summary>
    public bool HasEnded { get; set; }

    public Exception? Error { get; private set; }

    public FlameResult<TIn, TOut> Result => new(_input, _index, _value, Error);

    public void Begin(TIn input, long index) => (_input, _index) = (input, index);

    public void Start(Func<TIn, CancellationToken, ValueTask<TOut>> call, CancellationToken ct)
    {
        ValueTask<TOut> task;
        try
        {
            task = call(_input, ct);
        }
        catch (Exception e)
        {
            task = ValueTask.FromException<TOut>(e);
        }

        // Once it has ended, this object may serve another item before this method goes on.
        var awaiter = task.ConfigureAwait(false).GetAwaiter();
        _awaiter = awaiter;
        if (awaiter.IsCompleted) End();
        else awaiter.UnsafeOnCompleted(_end);
    }

    public void Clear()
    {
        HasEnded = false;
        Error = null;
        (_input, _value) = (default!, default!);
    }

    private void End()
    {
        try
        {
            _value = _awaiter.GetResult();
        }
        catch (Exception e)
        {
            Error = e;
        }

        _awaiter = default;
        _run.Ended(this);
    }
}
