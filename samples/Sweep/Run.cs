namespace Sweep;

/// <summary>Where a variant is.</summary>
internal enum State
{
    Waits,
    Trains,
    Stopped,
    Done,
    Failed,
}

/// <summary>One variant on its way: its losses as they come, and what became of it. Thread-safe.</summary>
internal sealed class Run(Variant variant, Halving halving, Board board, CancellationToken ct) : IProgress<Loss>, IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<double> _losses = [];
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);

    public Variant Variant => variant;

    public State State { get; private set; }

    /// <summary>In words, once there is something to say.</summary>
    public string Remark { get; private set; } = "";

    /// <summary>Its executors that were lost.</summary>
    public int Lost { get; private set; }

    public bool IsStopped { get; private set; }

    public Trained? Trained { get; private set; }

    public CancellationToken Token => _stop.Token;

    public double[] Losses
    {
        get
        {
            lock (_gate) return [.. _losses];
        }
    }

    /// <summary>The last one.</summary>
    public double Loss
    {
        get
        {
            lock (_gate) return _losses.Count == 0 ? double.NaN : _losses[^1];
        }
    }

    // On the thread that reads what its executor says, one after another.
    public void Report(Loss value)
    {
        lock (_gate)
        {
            if (State == State.Waits) (State, Remark) = (State.Trains, Lost == 0 ? "" : $"begun again {Lost} ×");
            _losses.Add(value.Mean);
        }

        if (value.Step == 1) board.Say(this);
        halving.Passed(this, value.Step);
    }

    /// <summary>It is among the worst: its call is cancelled, and its executor is free for the next.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            if (State != State.Trains || IsStopped) return;
            IsStopped = true;
        }

        _stop.Cancel();
    }

    public void End(State state, string remark, Trained? trained = null)
    {
        lock (_gate) (State, Remark, Trained) = (state, remark, trained);
    }

    /// <summary>Its executor is gone; it begins again on another.</summary>
    public void Again(string? executor)
    {
        lock (_gate)
        {
            Lost++;
            _losses.Clear();
            (State, Remark) = (State.Waits, $"lost {executor}, begins again");
        }
    }

    public void Dispose() => _stop.Dispose();
}
