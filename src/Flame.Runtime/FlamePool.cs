using Flame.Backends;
using Flame.Batching;
using Flame.CompilerServices;
using Flame.Diagnostics;
using Flame.Links;
using Flame.Observation;
using Flame.Pooling;
using Flame.Progress;
using Flame.Telemetry;
using Flame.Tuning;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Flame;

/// <summary>A named, elastic set of executors with one queue. Thread-safe.</summary>
public sealed class FlamePool
{
    private readonly PoolOwner _owner;
    private volatile FlamePoolOptions _options;
    private long _castFailures;
    private long _retries;
    private long _boots;

    internal FlamePool(string name, FlamePoolOptions options, PoolSurroundings surroundings)
    {
        Name = name;
        _options = options;
        Surroundings = surroundings;
        Log = surroundings.Loggers.CreateLogger("Flame.Pool");
        Batchers = new Batchers(this);
        ExecutorTime = new ExecutorTime(surroundings.Time);
        _owner = new PoolOwner(this);
    }

    /// <summary>The pool's name.</summary>
    public string Name { get; }

    /// <summary>As they are at this moment. They never change: others take their place.</summary>
    internal FlamePoolOptions Options => _options;

    /// <summary>What gives it other options while it lives.</summary>
    internal PoolTuning Tuning { get; set; } = null!;

    internal FlameBackend Backend => Surroundings.Backend.Backend;

    internal PoolSurroundings Surroundings { get; }

    internal ILogger Log { get; }

    internal Batchers Batchers { get; }

    /// <summary>For how long its executors have existed.</summary>
    internal ExecutorTime ExecutorTime { get; }

    /// <summary>Its executors that ended last.</summary>
    internal EndedExecutors Ended { get; } = new();

    /// <summary>Who looks at it; <see langword="null"/>: nobody ever did.</summary>
    internal Observer? Observer { get; private set; }

    internal TimeProvider Time => Surroundings.Time;

    /// <summary>The pool's clock: ticks of 100 ns since an arbitrary start.</summary>
    internal long Now => Time.GetElapsedTime(0).Ticks;

    /// <summary>What the pool has and does at this moment.</summary>
    /// <returns>A consistent snapshot.</returns>
    public FlamePoolStats GetStats() => _owner.Snapshot();

    /// <summary>
    /// Gives the pool other options while it lives, on top of code and configuration until the process ends. What is waiting or running goes on: a smaller pool
    /// ends no call, and a call that has begun keeps the times that it began with.
    /// </summary>
    /// <param name="change">Sets them on a copy of what the pool has now. <c>SingleUse</c>, <c>MaxPayloadSize</c>, <c>Resources</c> and the callbacks stay as they are.</param>
    /// <exception cref="OptionsValidationException">Some are wrong, or cannot change: all problems at once, and nothing has changed.</exception>
    public void Update(Action<FlamePoolOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var problems = Tuning.Update(change);
        if (problems.Length > 0) throw new OptionsValidationException("Flame", typeof(FlamePoolOptions), problems);
    }

    /// <summary>What is known of the executors that are there.</summary>
    internal ExecutorView[] Executors() => _owner.Executors(static executor => executor.View());

    /// <summary>What the backend holds of an executor, once it does.</summary>
    internal BackendExecutor? MachineOf(string? executor) => _owner.Executors(static one => one).FirstOrDefault(one => one.Name == executor)?.Machine;

    internal bool IsEnding => _owner.IsEnding;

    /// <summary>What the last boot that failed said.</summary>
    internal string? LastBootError => _owner.LastBootError;

    internal int BootFailuresInARow => _owner.BootFailuresInARow;

    /// <summary>From now on all is watched, what is under way included.</summary>
    internal void Watch(Observer observer)
    {
        Observer = observer;
        foreach (var link in _owner.Executors(static executor => executor.Link)) link?.Watch(observer);
        _owner.WatchWaiting(observer);
    }

    /// <summary>Other options, all of which are valid, from now on. One at a time.</summary>
    internal void Reconfigure(FlamePoolOptions options)
    {
        _options = options;
        _owner.Reconfigure();
    }

    /// <summary>Those that are there finish what they have and go; others come in their place.</summary>
    internal void DrainExecutors() => _owner.DrainExecutors();

    internal PoolLoad Load() => _owner.Load();

    internal Task StartAsync(CancellationToken ct) => _owner.StartAsync(ct);

    /// <summary>Refuses new and waiting calls, lets running ones end within <see cref="FlamePoolOptions.ShutdownTimeout"/>, ends all executors.</summary>
    /// <returns>Completes when no executor is left.</returns>
    internal Task DrainAsync()
    {
        var drained = _owner.DrainAsync();
        Batchers.Close();
        return drained;
    }

    /// <summary>Ends all executors at once, but for those with detached calls.</summary>
    internal void Stop() => _owner.StopAll();

    internal ValueTask<TResult> CallAsync<TArguments, TArgumentsCodec, TResult, TResultCodec>(RemoteMethod method, in TArguments arguments, FlameCallOptions? options, CancellationToken ct, bool lends = true)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
        where TResultCodec : struct, IPayloadCodec<TResult>
    {
        if (options is { HasRetry: true }) return RetriedCalls.CallAsync<TArguments, TArgumentsCodec, TResult, TResultCodec>(this, method, arguments, options, ct);
        var call = UnaryCall<TResult, TResultCodec>.Rent();
        if (NotWritten<TArguments, TArgumentsCodec>(call, method, arguments, lends) is { } reason) return ValueTask.FromException<TResult>(reason);
        var result = call.AsValueTask();
        call.Begin(this, method, options, ct);
        return result;
    }

    internal ValueTask CallAsync<TArguments, TArgumentsCodec>(RemoteMethod method, in TArguments arguments, FlameCallOptions? options, CancellationToken ct)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
    {
        if (options is { HasRetry: true }) return RetriedCalls.CallAsync<TArguments, TArgumentsCodec>(this, method, arguments, options, ct);
        var call = UnaryCall<NoPayload, NoPayload>.Rent();
        if (NotWritten<TArguments, TArgumentsCodec>(call, method, arguments, lends: true) is { } reason) return ValueTask.FromException(reason);
        var result = call.AsValueTaskWithoutResult();
        call.Begin(this, method, options, ct);
        return result;
    }

    internal Task CastAsync<TArguments, TArgumentsCodec>(RemoteMethod method, in TArguments arguments, FlameCallOptions? options, CancellationToken ct)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
    {
        if (options is { HasRetry: true }) throw FlameErrors.RetriedCast(method.Name);
        var call = new CastCall();
        if (NotWritten<TArguments, TArgumentsCodec>(call, method, arguments, lends: false) is { } reason) return Task.FromException(reason);
        call.Begin(this, method, options, ct);
        return call.HandedOver;
    }

    internal Task<TResult> SpawnAsync<TArguments, TArgumentsCodec, TResult, TResultCodec>(
        FlameCall shown, RemoteMethod method, in TArguments arguments, FlameCallOptions? options, CancellationToken ct)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
        where TResultCodec : struct, IPayloadCodec<TResult>
    {
        if (options is { HasRetry: true }) return RetriedCalls.SpawnAsync<TArguments, TArgumentsCodec, TResult, TResultCodec>(this, shown, method, arguments, options, ct);
        var call = new SpawnedCall<TResult, TResultCodec>(shown);
        if (NotWritten<TArguments, TArgumentsCodec>(call, method, arguments, lends: false) is { } reason) return Task.FromException<TResult>(reason);
        shown.Attempt(call);
        call.Begin(this, method, options, ct);
        return call.End;
    }

    internal IAsyncEnumerable<TItem> StreamAsync<TArguments, TArgumentsCodec, TItem, TItemCodec>(RemoteMethod method, TArguments arguments, FlameCallOptions? options, CancellationToken ct)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
        where TItemCodec : struct, IPayloadCodec<TItem> =>
        options is { Detached: true } ? throw FlameErrors.DetachedStream(method.Name)
        : options is { HasRetry: true } ? RetriedCalls.StreamAsync<TArguments, TArgumentsCodec, TItem, TItemCodec>(this, method, arguments, options, ct)
        : new RemoteItems<TArguments, TArgumentsCodec, TItem, TItemCodec>(this, method, arguments, options, ct);

    internal void Acquire(PendingCall call) => _owner.Acquire(call);

    internal bool Abandon(PendingCall call) => _owner.Abandon(call);

    internal void Release(ExecutorSlot slot) => _owner.Post(new PoolEvent(PoolEventKind.Release) { Slot = slot });

    /// <summary>The executor takes no more calls.</summary>
    internal void Leaving(ExecutorSlot slot) => _owner.Leaving(slot);

    internal long QueueDeadline(TimeSpan within) => within == Timeout.InfiniteTimeSpan ? long.MaxValue : Now + within.Ticks;

    internal void After(TimeSpan delay, Action<object?> action, object state) => _ = AfterAsync(delay, action, state);

    internal void CastFailed(PendingCall call, Exception reason)
    {
        Interlocked.Increment(ref _castFailures);
        FlameLog.CastFailed(Log, call.Method.Name, Name, reason);
    }

    /// <summary>A call runs again, because its executor was lost.</summary>
    internal void RanAgain() => Interlocked.Increment(ref _retries);

    /// <summary>An executor has come up.</summary>
    internal void Booted() => Interlocked.Increment(ref _boots);

    internal long Retries => Interlocked.Read(ref _retries);

    internal long Boots => Interlocked.Read(ref _boots);

    internal long CastFailures => Interlocked.Read(ref _castFailures);

    // Like every failure of an asynchronous call, it waits in the task: of several calls at once, none is forgotten.
    private PayloadException? NotWritten<TArguments, TArgumentsCodec>(PendingCall call, RemoteMethod method, in TArguments arguments, bool lends)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
    {
        try
        {
            Payloads.WriteInto<TArguments, TArgumentsCodec>(call.Payload, arguments, Options.MaxPayloadSize, method.Name, lends: lends);
            call.Lend(TArgumentsCodec.Lent(arguments), this);
            return null;
        }
        catch (PayloadException e)
        {
            return e;
        }
    }

    private async Task AfterAsync(TimeSpan delay, Action<object?> action, object state)
    {
        await Task.Delay(delay, Time).ConfigureAwait(false);
        action(state);
    }
}

/// <summary>The process around a pool: what every pool of it uses.</summary>
internal sealed record PoolSurroundings(TimeProvider Time, ILoggerFactory Loggers, OpenBackend Backend, ExceptionRebuilder Exceptions, TimeSpan Heartbeat)
{
    /// <summary>Where its executors come in.</summary>
    public LinkAcceptor Links => Backend.Door;

    /// <summary>What the names of its executors begin with: the executor that they belong to and a slash, or nothing.</summary>
    public string Within { get; init; } = "";

    /// <summary>Shows what takes long; <see langword="null"/>: nobody does.</summary>
    public ProgressBoard? Progress { get; init; }

    /// <summary>Makes the pools of an executor that shares the process.</summary>
    public Func<string, FlamePools>? PoolsOf { get; init; }
}
