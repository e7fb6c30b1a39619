using Flame.Backends;
using Flame.CodeSync;
using Flame.CompilerServices;
using Flame.Control;
using Flame.Diagnostics;
using Flame.Links;
using Flame.Observation;
using Flame.Progress;
using Flame.Telemetry;
using Flame.Tuning;
using Microsoft.Extensions.Options;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flame;

/// <summary>The pools of this process. Thread-safe. There is one per host; dispose it to drain them all.</summary>
/// <remarks>In an executor there is one too, so that code which asks its container for it works there. It runs blocks in place, and has pools only where <see cref="FlameBuilder.PoolsInExecutors"/> is set.</remarks>
public sealed class FlamePools : FlameCaller, IAsyncDisposable
{
    private static readonly Lazy<FlamePools> Executors = new(static () => new FlamePools());
    private static readonly AsyncLocal<Place?> Here = new();

    // What a platform may take to end executors that did not end in time.
    private static readonly TimeSpan s_lastEnds = TimeSpan.FromSeconds(5);

    private static FlamePools? s_default;
    private static bool s_hasEnded;
    private static bool s_processIsExecutor;
    private static Lazy<FlamePools>? s_ofThisExecutor;

    private readonly Dictionary<string, FlamePool> _pools;
    private readonly OpenBackend[] _backends;
    private readonly FlameMode _mode;
    private readonly ILogger _log;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly DateTimeOffset _startedAt;
    private readonly ProgressBoard? _progress;
    private readonly ConfigurationWatch? _configuration;
    private readonly bool _isControlled;
    private ControlSocket? _control;
    private Observer? _observer;
    private Task? _drained;
    private Task? _ended;

    // What code in an executor finds.
    private FlamePools()
    {
        _mode = FlameMode.Local;
        Spawned = new SpawnedCalls(TimeProvider.System);
        _log = NullLogger.Instance;
        _backends = [];
        _pools = [];
    }

    internal FlamePools(FlameBuilder builder, ILoggerFactory loggers, string? executor = null)
    {
        _mode = builder.Mode;
        _isControlled = builder.Control && executor is null;
        _time = builder.Time;
        _startedAt = _time.GetUtcNow();
        Spawned = new SpawnedCalls(builder.Time);
        _log = loggers.CreateLogger("Flame.Pool");
        var declared = builder.BuildPools().Select(p => executor is null ? p : p with { Options = p.Options.InExecutor() }).ToArray();
        var log = loggers.CreateLogger("Flame.Link");
        var code = ProgramCode.OfThisProcess(builder.Code, log);
        var carrier = builder.Carrier ?? new SocketCarrier();
        var run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var doors = declared.Select(p => p.Backend.Carrier ?? carrier).Distinct()
            .ToDictionary(c => c, c => new LinkAcceptor(c, builder.Time, builder.Heartbeat, log, code));
        var backends = declared.GroupBy(p => p.Backend).ToDictionary(g => g.Key, g => new OpenBackend(
            g.Key, doors[g.Key.Carrier ?? carrier], new BackendOpening([.. g.Select(p => new BackendPool(p.Name, p.Options))], run, loggers, builder.Time)));
        _backends = [.. backends.Values];
        ThreadPoolRelief.OfThisProcess.Blocked += ThreadPoolBlocked;
        _progress = executor is null ? ProgressBoard.Of(builder, () => All, _log) : null;
        _pools = declared.ToDictionary(p => p.Name, p => new FlamePool(p.Name, p.Options, SurroundingsOf(p.Backend)), StringComparer.OrdinalIgnoreCase);
        foreach (var p in declared)
        {
            var pool = _pools[p.Name];
            pool.Tuning = new PoolTuning(pool, p.Code, builder.Configuration, (options, problems) => builder.ConfigureAgain(p.Name, options, problems), isInExecutor: executor is not null);
        }

        if (builder.Configuration is not null) _configuration = new ConfigurationWatch(builder.Configuration, builder.Time, Reload);
        LivePools.Add(_pools.Values);

        PoolSurroundings SurroundingsOf(FlameBackend backend) =>
            new(builder.Time, loggers, backends[backend], builder.Exceptions, builder.Heartbeat)
            {
                Progress = _progress,
                Within = executor is null ? "" : executor + "/",
                PoolsOf = builder.PoolsInExecutors ? inner => InExecutor(builder, loggers, inner) : null,
            };
    }

    /// <summary>The pools that a call uses here: those of the surrounding <see cref="Use"/>, else those started last; in an executor its own.</summary>
    /// <exception cref="InvalidOperationException">None were started, or the executor has none (FLM2001).</exception>
    /// <exception cref="ObjectDisposedException">They have ended, and no others were started since (FLM2019).</exception>
    public static FlamePools Current
    {
        get
        {
            var here = Here.Value;
            if (here?.Pools is { } pools) return pools;
            if (here is null && !s_processIsExecutor) return Volatile.Read(ref s_default) ?? throw (Volatile.Read(ref s_hasEnded) ? FlameErrors.HaveEnded() : FlameErrors.NotStarted());
            return Own?.Value ?? throw FlameErrors.NoPoolsInExecutor();
        }
    }

    /// <summary>Called once nothing is left of them, before whoever waits for that goes on.</summary>
    internal Action? Ended { get; set; }

    /// <summary>The names and pools, in no order.</summary>
    public IReadOnlyCollection<FlamePool> All => _pools.Values;

    /// <summary>The pool of this name.</summary>
    /// <param name="name">The name; case does not matter.</param>
    /// <exception cref="InvalidOperationException">There is none (FLM2002).</exception>
    public FlamePool this[string name] => _pools.TryGetValue(name, out var pool) ? pool
        : throw (_pools.Count == 0 ? FlameErrors.NoPoolsInExecutor() : FlameErrors.UnknownPool(name, _pools.Keys));

    /// <summary>The pools that code in an executor sees.</summary>
    internal static FlamePools OfExecutor => (Own ?? Executors).Value;

    internal override FlamePools Pools => this;

    internal static bool RunLocally => IsExecutor || ModeHere() == FlameMode.Local;

    private static bool IsExecutor => s_processIsExecutor || Here.Value is { IsExecutor: true };

    private static Lazy<FlamePools>? Own => Here.Value is { IsExecutor: true } here ? here.Own : s_ofThisExecutor;

    internal SpawnedCalls Spawned { get; }

    /// <summary>How long a drain may take: the calls of the most patient pool, and then the end of its executors.</summary>
    internal TimeSpan DrainLimit => _pools.Values.Select(pool => pool.Options.ShutdownTimeout).DefaultIfEmpty().Max() + s_lastEnds;

    /// <summary>
    /// Finds a spawned call: while it waits or runs, and after its end for as long as <see cref="FlameCallOptions.KeepFor"/>
    /// says. Of ended calls the last 10,000 are kept. All are lost with this process, and when the pools are disposed.
    /// </summary>
    /// <param name="id">Its <see cref="FlameCall.Id"/>.</param>
    /// <returns>The call; <see langword="null"/>: there is none of this id, or it is forgotten.</returns>
    public FlameCall? FindCall(string id) => Spawned.Find(id);

    /// <summary>Makes these the pools of the current asynchronous flow, where several exist in one process.</summary>
    /// <returns>Dispose it to go back.</returns>
    public IDisposable Use()
    {
        var before = Here.Value;
        Here.Value = new Place(this, before is { IsExecutor: true }, before?.Own);
        return new Restore(before);
    }

    /// <summary>Refuses waiting calls, lets running ones end within their pool's ShutdownTimeout, ends all executors.</summary>
    /// <returns>Completes when no executor is left.</returns>
    public ValueTask DisposeAsync()
    {
        // More than once: a host drains its pools before its services stop, and its container disposes them at the end.
        lock (_backends) return new ValueTask(_ended ??= EndAsync());
    }

    /// <summary>Marks the whole process as an executor: calls to marked methods stay here.</summary>
    internal static void BecomeExecutor() => s_processIsExecutor = true;

    /// <summary>Gives this process, an executor, pools of its own.</summary>
    internal static void HaveInExecutor(Lazy<FlamePools> pools) => s_ofThisExecutor = pools;

    /// <summary>Marks the current asynchronous flow as an executor's, where parent and executor share a process.</summary>
    /// <param name="own">That executor's pools; <see langword="null"/>: it has none.</param>
    internal static void EnterExecutor(Lazy<FlamePools>? own) => Here.Value = new Place(null, IsExecutor: true, own);

    /// <summary>The pools of an executor: nothing is booted before it calls.</summary>
    internal static FlamePools InExecutor(FlameBuilder builder, ILoggerFactory loggers, string executor)
    {
        var pools = new FlamePools(builder, loggers, executor);
        foreach (var pool in pools._pools.Values) _ = pool.StartAsync(CancellationToken.None);
        return pools;
    }

    internal FlamePool PoolOf(RemoteMethod method) => this[method.Pool!];

    internal async Task StartAsync(CancellationToken ct)
    {
        var methods = MethodTable.Snapshot();
        foreach (var method in methods)
        {
            if (method.Pool is { } pool) _ = this[pool];
        }

        await OpenAsync(ct).ConfigureAwait(false);
        FlameLog.Started(_log, methods.Length, string.Join(", ", _pools.Keys.Order(StringComparer.Ordinal)));
        Volatile.Write(ref s_default, this);
        if (_isControlled) _control = new ControlSocket(this, _log);
        await Task.WhenAll(_pools.Values.Select(pool => pool.StartAsync(ct))).ConfigureAwait(false);
    }

    /// <summary>Looks at everything from now on.</summary>
    internal Observer Observe()
    {
        lock (_pools)
        {
            if (_observer is not null) return _observer;
            _observer = new Observer(All, _time, _startedAt);
            foreach (var pool in All) pool.Watch(_observer);
            return _observer;
        }
    }

    /// <summary>Each option of a pool, and who said so.</summary>
    internal OptionView[] Explain(string pool) => this[pool].Tuning.Explain();

    /// <summary>Sets options of a pool on top of code and configuration, until the process ends.</summary>
    /// <returns>What is wrong; then none of them is set.</returns>
    internal string[] Set(string pool, IReadOnlyDictionary<string, string> values) => this[pool].Tuning.Set(values, "flame pool set");

    /// <summary>The executors that are there finish what they have and go; the next call boots others.</summary>
    internal void DrainExecutors(string pool) => this[pool].DrainExecutors();

    internal Task DrainAsync()
    {
        lock (_pools) return _drained ??= Task.WhenAll(_pools.Values.Select(pool => pool.DrainAsync()));
    }

    /// <summary>Ends all executors at once, but for those with detached calls; while they drain.</summary>
    internal void Stop()
    {
        foreach (var pool in _pools.Values) pool.Stop();
    }

    // All of all backends are told at once, as everything that is wrong at the start is.
    private async Task OpenAsync(CancellationToken ct)
    {
        var opening = Task.WhenAll(_backends.Select(backend => backend.OpenAsync(ct)));
        await opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var problems = _backends.SelectMany(backend => backend.Problems).ToArray();
        if (problems.Length > 0) throw new OptionsValidationException("Flame", typeof(FlamePoolOptions), problems);
        await opening.ConfigureAwait(false);
    }

    private async Task EndAsync()
    {
        await DrainAsync().ConfigureAwait(false);
        _control?.Dispose();
        ThreadPoolRelief.OfThisProcess.Blocked -= ThreadPoolBlocked;

        LivePools.Remove(_pools.Values);
        _configuration?.Dispose();
        _progress?.Dispose();

        // Only now: who calls while the pools drain is told so.
        if (Volatile.Read(ref s_default) == this) Volatile.Write(ref s_hasEnded, true);
        Interlocked.CompareExchange(ref s_default, null, this);
        Spawned.Dispose();
        lock (_pools) _observer?.Dispose();
        foreach (var door in _backends.Select(backend => backend.Door).Distinct()) await CloseAsync(door, "the door of the links").ConfigureAwait(false);
        foreach (var backend in _backends) await CloseAsync(backend, $"backend {backend.Backend.Name}").ConfigureAwait(false);

        // Where this ends the process, a handler of its exit that disposes them too must not wait for its own end.
        lock (_backends) _ended = Task.CompletedTask;
        Ended?.Invoke();
    }

    // One that fails leaves what it holds; the others must not be left too, nor a host be kept from its end.
    private async Task CloseAsync(IAsyncDisposable one, string name)
    {
        try
        {
            await one.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            FlameLog.NotClosed(_log, name, e);
        }
    }

    private void Reload()
    {
        foreach (var pool in _pools.Values) pool.Tuning.Reload();
    }

    private void ThreadPoolBlocked(long waiting, int given) => FlameLog.ThreadPoolBlocked(_log, waiting, given);

    private static FlameMode ModeHere() => (Here.Value?.Pools ?? Volatile.Read(ref s_default))?._mode ?? FlameMode.Remote;

    private sealed record Place(FlamePools? Pools, bool IsExecutor, Lazy<FlamePools>? Own);

    private sealed class Restore(Place? before) : IDisposable
    {
        public void Dispose() => Here.Value = before;
    }
}
