using Flame.Backends;
using Flame.CompilerServices;
using Flame.Diagnostics;
using Flame.Links;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flame;

/// <summary>The pools of this process. Thread-safe. There is one per host; dispose it to drain them all.</summary>
/// <remarks>In an executor there is one too, so that code which asks its container for it works there: it has no pools, and runs blocks in place.</remarks>
public sealed class FlamePools : FlameCaller, IAsyncDisposable
{
    private static readonly Lazy<FlamePools> Executors = new(static () => new FlamePools());
    private static readonly AsyncLocal<Place?> Here = new();
    private static FlamePools? s_default;
    private static bool s_processIsExecutor;

    private readonly Dictionary<string, FlamePool> _pools;
    private readonly LinkAcceptor[] _links;
    private readonly FlameMode _mode;
    private readonly ILogger _log;
    private Task? _drained;
    private Task? _ended;

    // What code in an executor finds.
    private FlamePools()
    {
        _mode = FlameMode.Local;
        _log = NullLogger.Instance;
        _links = [];
        _pools = [];
    }

    internal FlamePools(FlameBuilder builder, ILoggerFactory loggers)
    {
        _mode = builder.Mode;
        _log = loggers.CreateLogger("Flame.Pool");
        var declared = builder.BuildPools();
        var log = loggers.CreateLogger("Flame.Link");
        var carrier = builder.Carrier ?? new SocketCarrier();
        var doors = declared.Select(p => p.Backend.Carrier ?? carrier).Distinct()
            .ToDictionary(c => c, c => new LinkAcceptor(c, builder.Time, builder.Heartbeat, log));
        _links = [.. doors.Values];
        _pools = declared.ToDictionary(p => p.Name, p => new FlamePool(p.Name, p.Options, p.Backend, SurroundingsOf(p.Backend)), StringComparer.OrdinalIgnoreCase);

        PoolSurroundings SurroundingsOf(FlameBackend backend) =>
            new(builder.Time, loggers, doors[backend.Carrier ?? carrier], builder.Exceptions, builder.Heartbeat);
    }

    /// <summary>The pools that a call uses here: those of the surrounding <see cref="Use"/>, else those started last.</summary>
    /// <exception cref="InvalidOperationException">None were started (FLM2001).</exception>
    public static FlamePools Current => Here.Value?.Pools ?? Volatile.Read(ref s_default) ?? throw FlameErrors.NotStarted();

    /// <summary>Called once nothing is left of them, before whoever waits for that goes on.</summary>
    internal Action? Ended { get; set; }

    /// <summary>The names and pools, in no order.</summary>
    public IReadOnlyCollection<FlamePool> All => _pools.Values;

    /// <summary>The pool of this name.</summary>
    /// <param name="name">The name; case does not matter.</param>
    /// <exception cref="InvalidOperationException">There is none (FLM2002).</exception>
    public FlamePool this[string name] => _pools.TryGetValue(name, out var pool) ? pool : throw FlameErrors.UnknownPool(name, _pools.Keys);

    /// <summary>The pools that code in an executor sees.</summary>
    internal static FlamePools OfExecutor => Executors.Value;

    internal override FlamePools Pools => this;

    internal static bool RunLocally => s_processIsExecutor || Here.Value is { IsExecutor: true } || ModeHere() == FlameMode.Local;

    /// <summary>Makes these the pools of the current asynchronous flow, where several exist in one process.</summary>
    /// <returns>Dispose it to go back.</returns>
    public IDisposable Use()
    {
        var before = Here.Value;
        Here.Value = new Place(this, IsExecutor: false);
        return new Restore(before);
    }

    /// <summary>Refuses waiting calls, lets running ones end within their pool's ShutdownTimeout, ends all executors.</summary>
    /// <returns>Completes when no executor is left.</returns>
    public ValueTask DisposeAsync()
    {
        // More than once: a host drains its pools before its services stop, and its container disposes them at the end.
        lock (_links) return new ValueTask(_ended ??= EndAsync());
    }

    /// <summary>Marks the whole process as an executor: calls to marked methods stay here.</summary>
    internal static void BecomeExecutor() => s_processIsExecutor = true;

    /// <summary>Marks the current asynchronous flow as an executor's, where parent and executor share a process.</summary>
    internal static void EnterExecutor() => Here.Value = new Place(null, IsExecutor: true);

    internal FlamePool PoolOf(RemoteMethod method) => this[method.Pool!];

    internal async Task StartAsync(CancellationToken ct)
    {
        var methods = MethodTable.Snapshot();
        foreach (var method in methods)
        {
            if (method.Pool is { } pool) _ = this[pool];
        }

        FlameLog.Started(_log, methods.Length, string.Join(", ", _pools.Keys.Order(StringComparer.Ordinal)));
        Volatile.Write(ref s_default, this);
        await Task.WhenAll(_pools.Values.Select(pool => pool.StartAsync(ct))).ConfigureAwait(false);
    }

    internal Task DrainAsync()
    {
        lock (_pools) return _drained ??= Task.WhenAll(_pools.Values.Select(pool => pool.DrainAsync()));
    }

    private async Task EndAsync()
    {
        await DrainAsync().ConfigureAwait(false);

        // Only now: who calls while the pools drain is told so.
        Interlocked.CompareExchange(ref s_default, null, this);
        foreach (var links in _links) await links.DisposeAsync().ConfigureAwait(false);

        // Where this ends the process, a handler of its exit that disposes them too must not wait for its own end.
        lock (_links) _ended = Task.CompletedTask;
        Ended?.Invoke();
    }

    private static FlameMode ModeHere() => (Here.Value?.Pools ?? Volatile.Read(ref s_default))?._mode ?? FlameMode.Remote;

    private sealed record Place(FlamePools? Pools, bool IsExecutor);

    private sealed class Restore(Place? before) : IDisposable
    {
        public void Dispose() => Here.Value = before;
    }
}
