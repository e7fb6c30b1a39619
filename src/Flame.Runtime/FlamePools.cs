using Flame.CompilerServices;
using Flame.Diagnostics;
using Flame.Links;
using Microsoft.Extensions.Logging;

namespace Flame;

/// <summary>The pools of this process. Thread-safe. There is one per host; dispose it to drain them all.</summary>
public sealed class FlamePools : IAsyncDisposable
{
    private static readonly AsyncLocal<Place?> Here = new();
    private static FlamePools? s_default;
    private static bool s_processIsExecutor;

    private readonly Dictionary<string, FlamePool> _pools;
    private readonly LinkAcceptor _links;
    private readonly FlameMode _mode;
    private readonly ILogger _log;
    private Task? _drained;

    internal FlamePools(FlameBuilder builder, ILoggerFactory loggers)
    {
        _mode = builder.Mode;
        _log = loggers.CreateLogger("Flame.Pool");
        _links = new LinkAcceptor(builder.Carrier, builder.Time, builder.Heartbeat, loggers.CreateLogger("Flame.Link"));
        var surroundings = new PoolSurroundings(builder.Time, loggers, _links, builder.Exceptions, builder.Heartbeat);
        _pools = builder.BuildPools().ToDictionary(
            p => p.Name, p => new FlamePool(p.Name, p.Options, p.Backend, surroundings), StringComparer.Ordinal);
    }

    /// <summary>The pools that a call uses here: those of the surrounding <see cref="Use"/>, else those started last.</summary>
    /// <exception cref="InvalidOperationException">None were started (FLM2001).</exception>
    public static FlamePools Current => Here.Value?.Pools ?? Volatile.Read(ref s_default) ?? throw FlameErrors.NotStarted();

    /// <summary>The names and pools, in no order.</summary>
    public IReadOnlyCollection<FlamePool> All => _pools.Values;

    /// <summary>The pool of this name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="InvalidOperationException">There is none (FLM2002).</exception>
    public FlamePool this[string name] => _pools.TryGetValue(name, out var pool) ? pool : throw FlameErrors.UnknownPool(name, _pools.Keys);

    internal static bool RunLocally => s_processIsExecutor || Here.Value is { IsExecutor: true } || ModeHere() == FlameMode.Local;

    internal LinkAcceptor Links => _links;

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
    public async ValueTask DisposeAsync()
    {
        await DrainAsync().ConfigureAwait(false);
        await _links.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Marks the whole process as an executor: calls to marked methods stay here.</summary>
    internal static void BecomeExecutor() => s_processIsExecutor = true;

    /// <summary>Marks the current asynchronous flow as an executor's, where parent and executor share a process.</summary>
    internal static void EnterExecutor() => Here.Value = new Place(null, IsExecutor: true);

    internal FlamePool PoolOf(RemoteMethod method) => this[method.Pool];

    internal async Task StartAsync(CancellationToken ct)
    {
        var methods = MethodTable.Snapshot();
        foreach (var method in methods) _ = this[method.Pool];
        FlameLog.Started(_log, methods.Length, string.Join(", ", _pools.Keys.Order(StringComparer.Ordinal)));
        Volatile.Write(ref s_default, this);
        await Task.WhenAll(_pools.Values.Select(pool => pool.StartAsync(ct))).ConfigureAwait(false);
    }

    internal Task DrainAsync()
    {
        Interlocked.CompareExchange(ref s_default, null, this);
        lock (_pools) return _drained ??= Task.WhenAll(_pools.Values.Select(pool => pool.DrainAsync()));
    }

    private static FlameMode ModeHere() => (Here.Value?.Pools ?? Volatile.Read(ref s_default))?._mode ?? FlameMode.Remote;

    private sealed record Place(FlamePools? Pools, bool IsExecutor);

    private sealed class Restore(Place? before) : IDisposable
    {
        public void Dispose() => Here.Value = before;
    }
}
