using Flame.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Flame.Exports;

/// <summary>The providers of an executor: no hosted service makes them there, as it does in other programs.</summary>
internal sealed class ExecutorExports : LinkExports
{
    private const int PatienceInMilliseconds = 2_000;

    private TracerProvider? _traces;
    private MeterProvider? _metrics;
    private ILogger? _log;

    public override void Start(IServiceProvider services)
    {
        _log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Flame.Executor");
        _metrics = services.GetService<MeterProvider>();
        _traces = services.GetService<TracerProvider>();
    }

    // They block.
    public override Task FlushAsync() => Task.Run(() =>
    {
        _traces?.ForceFlush(PatienceInMilliseconds);
        _metrics?.ForceFlush(PatienceInMilliseconds);
        if (Dropped > 0 && _log is { } log) ExportLog.Dropped(log, Dropped);
    });
}
