using System.Collections.Concurrent;
using System.Threading.Channels;
using Flame.Backends;
using Flame.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Flame.EndToEnd.Tests.FlameElixir;

internal enum Growth
{
    Start,
    End,
    Shrink,
}

/// <summary>One pool with its growth callbacks as a sequence of events, and its log.</summary>
internal sealed class ElixirPool : ILoggerFactory, ILogger, IAsyncDisposable
{
    private readonly Channel<(Growth What, FlamePoolSize Size, Exception? Error)> _events = Channel.CreateUnbounded<(Growth, FlamePoolSize, Exception?)>();

    public FlamePools Pools { get; private set; } = null!;

    public ConcurrentQueue<string> Log { get; } = new();

    public FlamePoolStats Stats => Pools["main"].GetStats();

    public static async Task<ElixirPool> StartAsync(Action<FlamePoolOptions> options, FlameBackend? backend = null, Action<FlameBuilder>? more = null)
    {
        var pool = new ElixirPool();
        pool.Pools = await FlameApplication.StartAsync(
            flame =>
            {
                foreach (var method in MethodTable.Snapshot()) flame.AddPool(method.Pool ?? FlamePoolOptions.DefaultPoolName);
                flame.AddPool("main", o => pool.Configure(o, options), backend);
                more?.Invoke(flame);
            },
            loggers: pool,
            ct: TestContext.Current.CancellationToken);
        return pool;
    }

    /// <summary>Everything that waits does so on this clock, and a jump of it is no lost heartbeat.</summary>
    public static Action<FlameBuilder> OnClock(TimeProvider time) => flame => (flame.Time, flame.Heartbeat) = (time, TimeSpan.FromDays(1));

    /// <summary>The next event of this kind; those before it are passed over.</summary>
    public async Task<(FlamePoolSize Size, Exception? Error)> NextAsync(Growth what)
    {
        while (true)
        {
            var next = await _events.Reader.ReadAsync(TestContext.Current.CancellationToken);
            if (next.What == what) return (next.Size, next.Error);
        }
    }

    /// <summary>Whether an event of this kind has come that nobody has read.</summary>
    public bool Saw(Growth what)
    {
        while (_events.Reader.TryRead(out var next))
        {
            if (next.What == what) return true;
        }

        return false;
    }

    public async Task UntilAsync(Func<FlamePoolStats, bool> holds)
    {
        while (!holds(Stats))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async Task LoggedAsync(string id)
    {
        while (!Log.Any(line => line.Contains(id, StringComparison.Ordinal)))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public ValueTask DisposeAsync() => Pools.DisposeAsync();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Log.Enqueue($"{logLevel} {formatter(state, exception)} {exception?.Message}");

    void ILoggerFactory.AddProvider(ILoggerProvider provider)
    {
    }

    void IDisposable.Dispose()
    {
    }

    private void Configure(FlamePoolOptions options, Action<FlamePoolOptions> configure)
    {
        // Nothing of one test waits for another's default.
        options.IdleShutdownAfter = Timeout.InfiniteTimeSpan;
        options.OnGrowStart = size => _events.Writer.TryWrite((Growth.Start, size, null));
        options.OnGrowEnd = (size, error) => _events.Writer.TryWrite((Growth.End, size, error));
        options.OnShrink = size => _events.Writer.TryWrite((Growth.Shrink, size, null));
        configure(options);
    }
}
