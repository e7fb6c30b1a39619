using Flame.CompilerServices;
using Flame.Live;
using Flame.Observation;
using Flame.Pooling;
using Flame.Telemetry;
using Flame.Wire;

namespace Flame.Links;

/// <summary>
/// One call from its first wish for a slot to its terminal frame. Two parties end it: the caller's await (a result, a
/// failure, a cancellation or a timeout, whichever is first) and the lease (the terminal frame, or the loss of the
/// executor). A cancelled call frees its caller at once and its slot only when the executor says so.
/// </summary>
internal abstract partial class PendingCall : LeaseRequest
{
    private const int CallerEnded = 1;
    private const int Sent = 2;

    private int _state;
    private int _parties;
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _ct;

    protected PendingCall() => Payload = new PayloadBuffer();

    public PayloadBuffer Payload { get; }

    public FlamePool Pool { get; private set; } = null!;

    public RemoteMethod Method { get; private set; } = null!;

    /// <summary>What this one call wants otherwise; mostly nothing.</summary>
    public FlameCallOptions? Options { get; private set; }

    public TimeSpan Budget { get; private set; }

    /// <summary>Whether it may run again when its executor is lost.</summary>
    public bool MayRunAgain => (Options?.Idempotent ?? Method.Idempotent) && !Method.Streams;

    public ExecutorSlot? Slot { get; private set; }

    public ExecutorLink? Link { get; private set; }

    public int Attempts { get; private set; }

    /// <summary>The executor that has the call; <see langword="null"/>: it waits for one.</summary>
    public string? RunsOn => (Volatile.Read(ref _state) & Sent) == 0 ? null : Link?.Name;

    /// <summary>The live objects among the arguments; mostly there are none.</summary>
    public LentArguments? Lent { get; private set; }

    /// <summary>What is seen of it; <see langword="null"/>: nobody listens.</summary>
    public CallTelemetry? Telemetry { get; private set; }

    // These five belong to the link, under its sender's gate.
    public ulong Id { get; set; }

    /// <summary>Where its frame ends among the bytes of the link.</summary>
    public long SentTo { get; set; }

    /// <summary>The beat at which the executor was asked to stop it, or last sent a good piece of its answer; 0: it was not asked.</summary>
    public uint AskedToStop { get; set; }

    public Outgoing? Outgoing { get; set; }

    public Incoming? Incoming { get; set; }

    /// <summary>Whether an item of it has come.</summary>
    public virtual bool HasItems => false;

    protected bool HasCallerEnded => (Volatile.Read(ref _state) & CallerEnded) != 0;

    /// <summary>The token that a cancelled caller is told.</summary>
    protected virtual CancellationToken CancelledBy => _ct;

    /// <summary>Starts the call: asks the pool for a slot. The payload is already written.</summary>
    public void Begin(FlamePool pool, RemoteMethod method, FlameCallOptions? options, CancellationToken ct)
    {
        Pool = pool;
        Method = method;
        Options = options;
        Budget = options?.Timeout ?? method.Timeout ?? pool.Options.Timeout;
        _state = 0;
        Attempts = 0;
        _parties = 3; // the caller, the lease, and this method
        _ct = ct;
        if (Listening.IsPossible) BeginTelemetry();
        Deadline = pool.QueueDeadline(options?.QueueTimeout ?? pool.Options.QueueTimeout);
        if (ct.CanBeCanceled) _cancellation = ct.UnsafeRegister(static call => ((PendingCall)call!).OnCancelRequested(), this);
        if (HasCallerEnded) LeaseEnded();
        else if (method.IsUnloaded) Refused(FlameErrors.Unloaded(method.Name));
        else pool.Acquire(this);
        Left();
    }

    /// <summary>Some arguments are live. Before the beginning, where the caller is.</summary>
    public void Lend(LiveArgument[]? arguments, FlamePool pool)
    {
        if (arguments is not null) Lent = new LentArguments(arguments, this, pool);
    }

    /// <summary>Somebody looks, who did not when it began. Called while nothing can take it from its link.</summary>
    public void Watch(Observer observer)
    {
        if (Telemetry is not null || HasCallerEnded) return;
        var telemetry = CallTelemetry.BeginLate(this, observer);
        Telemetry = telemetry;

        // Who ends it at this moment may not have seen that it is watched.
        Interlocked.MemoryBarrier();
        if (HasCallerEnded) telemetry.End(new OperationCanceledException());
    }

    /// <summary>The pool found a slot.</summary>
    public void Granted(ExecutorSlot slot)
    {
        Interlocked.Increment(ref _parties);
        Slot = slot;
        (slot.Owner as Executor)?.Serves(this);
        if (HasCallerEnded)
        {
            EndLease();
        }
        else if (slot.Link is ExecutorLink link && Start(link))
        {
            OnSent();
            // A caller that left before the first byte could not cancel what was not there yet.
            if (HasCallerEnded)
            {
                Lent?.Stop();
                link.Cancel(this);
            }
        }
        else
        {
            // The executor left between the grant and the first byte: nothing ran, so the call asks again, elsewhere.
            Interlocked.And(ref _state, ~Sent);
            Pool.Leaving(slot);
            Release(slot);
            Reacquire("left");
        }

        Left();
    }

    /// <summary>The pool found none.</summary>
    public void Refused(Exception reason)
    {
        TryFail(reason);
        LeaseEnded();
    }

    /// <summary>The terminal frame was a result; its bytes are valid during the call.</summary>
    public void EndWith(ReadOnlySpan<byte> result, byte[][]? blobs)
    {
        if (Lent is { } lent)
        {
            _ = EndAsync(lent, result.ToArray(), blobs, null);
            return;
        }

        ReleaseSlot();
        Completed(result, blobs);
        LeaseEnded();
    }

    /// <summary>The terminal frame was a failure, or the executor is gone.</summary>
    public void EndWith(Exception reason)
    {
        if (Lent is { } lent)
        {
            _ = EndAsync(lent, [], null, reason);
            return;
        }

        ReleaseSlot();
        TryFail(reason);
        LeaseEnded();
    }

    /// <summary>The link carried the result's bytes, valid during the call, and arrays behind it, which are nobody else's.</summary>
    public abstract void Completed(ReadOnlySpan<byte> result, byte[][]? blobs);

    /// <summary>The link carried a piece of an item, or a whole one.</summary>
    public virtual void PieceArrived(int length) => throw new WireException("an item came for a call that is no stream");

    /// <summary>The link carried an item; valid during the call.</summary>
    public virtual void ItemArrived(ReadOnlySpan<byte> item)
    {
    }

    /// <summary>Ends the caller's await, if nothing else did.</summary>
    public bool TryFail(Exception reason)
    {
        if (!TryEndCaller(reason)) return false;
        Fail(reason);
        return true;
    }

    /// <summary>Keeps the object from serving another call until <see cref="Abort"/>.</summary>
    public void Hold() => Interlocked.Increment(ref _parties);

    /// <summary>Something at the caller failed: its await ends, and the executor is told.</summary>
    public void Abort(Exception reason)
    {
        if (TryFail(reason)) Withdraw();
        Left();
    }

    /// <summary>The terminal frame came, or the executor is gone: the slot is free.</summary>
    public void EndLease()
    {
        ReleaseSlot();
        LeaseEnded();
    }

    /// <summary>The executor never started the call, or it may run again: it asks for another slot.</summary>
    public bool TryAgain(bool countAttempt)
    {
        if (HasCallerEnded || (countAttempt && Attempts >= Pool.Options.IdempotentRetries)) return false;
        if (Lent is { } lent && !lent.TryAgain()) return false;
        if (countAttempt)
        {
            Attempts++;
            Pool.RanAgain();
        }

        var slot = Slot;
        Interlocked.And(ref _state, ~Sent);
        if (slot is not null) Release(slot);
        if (countAttempt) Pool.After(RetryDelay(), static call => ((PendingCall)call!).Reacquire("lost"), this);
        else Reacquire("left");
        return true;
    }

    /// <summary>The caller's token fired.</summary>
    protected virtual void OnCancelRequested()
    {
        var reason = new OperationCanceledException(CancelledBy);
        if (!TryEndCaller(reason)) return;
        // Held until the executor is told: the object must not serve another call meanwhile.
        Interlocked.Increment(ref _parties);
        Fail(reason);
        Withdraw();
        Left();
    }

    /// <summary>Leaves the queue, or tells the executor to stop.</summary>
    protected void Withdraw()
    {
        if ((Volatile.Read(ref _state) & Sent) != 0) Link?.Cancel(this);
        else if (Pool.Abandon(this)) LeaseEnded();
    }

    protected bool TryEndCaller(Exception? failure = null)
    {
        if ((Interlocked.Or(ref _state, CallerEnded) & CallerEnded) != 0) return false;
        _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _cancellation.Dispose();
        Lent?.Stop();
        Telemetry?.End(failure);
        return true;
    }

    /// <summary>Completes the caller's await with a failure.</summary>
    protected abstract void Fail(Exception reason);

    /// <summary>The call is on its way to an executor.</summary>
    protected virtual void OnSent()
    {
    }

    /// <summary>Everybody is done with the object.</summary>
    protected virtual void Recycle()
    {
    }

    protected void CallerLeft() => Left();

    /// <summary>The slot is free; the caller's await ends once its own objects have what was sent to them.</summary>
    private async Task EndAsync(LentArguments lent, byte[] result, byte[][]? blobs, Exception? failure)
    {
        ReleaseSlot();
        await lent.EndAsync().ConfigureAwait(false);
        if (failure is null) Completed(result, blobs);
        else TryFail(failure);
        LeaseEnded();
    }

    private void Reacquire(string because)
    {
        Slot = null;
        Link = null;
        Telemetry?.Again(because);
        EnqueuedAt = long.MinValue;
        if (HasCallerEnded) LeaseEnded();
        else Pool.Acquire(this);
    }

    private TimeSpan RetryDelay() => TimeSpan.FromMilliseconds(50 * (1 << Math.Min(Attempts, 6)) * (0.5 + (Random.Shared.NextDouble() / 2)));

    private bool Start(ExecutorLink link)
    {
        Link = link;
        // Said first: once the frame is out, the answer may come on another thread before this one goes on.
        Interlocked.Or(ref _state, Sent);
        StartBudget();
        return link.TryStart(this);
    }

    private void BeginTelemetry()
    {
        Telemetry = CallTelemetry.Begin(Method.Name, Pool, Options?.Tag, links: Options?.Links, call: this);
        EnqueuedAt = long.MinValue;
    }

    // Before its caller goes on: who calls one after another finds the slot then, and no second executor boots for him.
    private void ReleaseSlot()
    {
        if (Slot is not { } slot) return;
        Slot = null;
        Release(slot);
    }

    private void Release(ExecutorSlot slot)
    {
        Telemetry?.LeaseEnded();
        Pool.Release(slot);
    }

    private void LeaseEnded() => Left();

    private void Left()
    {
        if (Interlocked.Decrement(ref _parties) > 0) return;
        Slot = null;
        Link = null;
        Options = null;
        Telemetry = null;
        Lent = null;
        Outgoing = null;
        Incoming = null;
        _cancellation = default;
        _ct = default;
        Payload.Reset(int.MaxValue);
        Recycle();
    }
}
