using System.Collections.Concurrent;
using System.Reflection;
using Flame.Backends;
using Flame.Grpc;
using Microsoft.Extensions.Logging;

namespace Flame.Stock.Tests;

/// <summary>Pools whose executors begin with nothing, and a cache that is only theirs.</summary>
internal sealed class StockPools : IAsyncDisposable, ILoggerFactory, ILogger
{
    public static string Program { get; } = Path.GetFullPath(typeof(StockPools).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static a => a.Key == "Stock").Value!);

    private readonly ConcurrentQueue<string> _lines = new();
    private FlamePools? _pools;
    private IDisposable? _use;

    public static CancellationToken Patience => TestContext.Current.CancellationToken;

    public IEnumerable<string> Lines => _lines;

    /// <summary>Not asynchronous, so that the pools are those of the test itself.</summary>
    public static StockPools Start(Folder cache, Action<FlameBuilder>? configure = null, bool overTls = false)
    {
        // Inherited by the executors: they are processes of this host.
        Environment.SetEnvironmentVariable("FLAME_CACHE", cache.Path);
        var pools = new StockPools();
        var started = FlameApplication.StartAsync(
            flame =>
            {
                if (overTls) flame.UseGrpc();
                flame.AddPool("stock", static options => options.Max = 1, LocalProcessBackend.FromStock(Program));
                configure?.Invoke(flame);
            },
            loggers: pools);
        pools._pools = started.GetAwaiter().GetResult();
        pools._use = pools._pools.Use();
        return pools;
    }

    /// <summary>What the log says of the last program that was sent: files that were lacked, and of how many.</summary>
    public (int Lacked, int Files) Last()
    {
        var words = _lines.Last(static line => line.StartsWith("FLM3061", StringComparison.Ordinal)).Split(' ');
        return (int.Parse(words[7], System.Globalization.CultureInfo.InvariantCulture), int.Parse(words[9], System.Globalization.CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        _use?.Dispose();
        if (_pools is not null) await _pools.DisposeAsync();
    }

    ILogger ILoggerFactory.CreateLogger(string categoryName) => this;

    void ILoggerFactory.AddProvider(ILoggerProvider provider)
    {
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _lines.Enqueue(formatter(state, exception));

    void IDisposable.Dispose()
    {
    }
}
