using System.Diagnostics.Metrics;

namespace Flame.Telemetry;

/// <summary>The instruments of Flame; docs/observability.md lists them. Made when somebody can listen, and read from the state of pools where that has the figure already.</summary>
internal static class FlameMeter
{
    // What the conventions for RPC advise.
    private static readonly InstrumentAdvice<double> s_seconds = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] };

    // Boots and waits take longer.
    private static readonly InstrumentAdvice<double> s_longSeconds = new() { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300] };

    private static readonly Meter s_meter = new(FlameSource.Name, FlameSource.Version);

    public static readonly Histogram<double> CallDuration = s_meter.CreateHistogram("rpc.client.call.duration", "s", "How long callers waited for their calls.", null, s_seconds);

    public static readonly Histogram<double> ExecutionDuration = s_meter.CreateHistogram("rpc.server.call.duration", "s", "How long executors took for calls.", null, s_seconds);

    public static readonly Histogram<double> QueueWait = s_meter.CreateHistogram("flame.pool.queue.wait", "s", "How long calls waited for a slot.", null, s_longSeconds);

    public static readonly Histogram<double> BootDuration = s_meter.CreateHistogram("flame.executor.boot.duration", "s", "How long boots took, from the decision to the first free slot, or to their failure.", null, s_longSeconds);

    public static readonly Histogram<double> BootPartDuration = s_meter.CreateHistogram("flame.executor.boot.part.duration", "s", "How long the parts of boots took that are known.", null, s_longSeconds);

    public static readonly Counter<double> LeaseTime = s_meter.CreateCounter<double>("flame.lease.time", "s", "For how long calls held slots of executors.");

    public static readonly Counter<long> Retries = s_meter.CreateCounter<long>("flame.call.retries", "{retry}", "Calls that were placed again, because their executor was lost or left.");

    public static readonly Counter<long> PayloadIo = s_meter.CreateCounter<long>("flame.payload.io", "By", "Bytes of arguments, results and items.");

    static FlameMeter()
    {
        s_meter.CreateObservableUpDownCounter("flame.pool.executors", PoolGauges.Executors, "{executor}", "Executors by state.");
        s_meter.CreateObservableUpDownCounter("flame.pool.queue.length", PoolGauges.Waiting, "{call}", "Calls that wait for a slot.");
        s_meter.CreateObservableUpDownCounter("flame.pool.calls.active", PoolGauges.Running, "{call}", "Calls that hold a slot.");
        s_meter.CreateObservableCounter("flame.executor.time", PoolGauges.ExecutorTime, "s", "For how long executors have existed.");
    }

    /// <summary>Whether anything is recorded of single calls.</summary>
    public static bool CallsAreMeasured => CallDuration.Enabled || QueueWait.Enabled || LeaseTime.Enabled || PayloadIo.Enabled || Retries.Enabled;

    public static bool BootsAreMeasured => BootDuration.Enabled || BootPartDuration.Enabled;

    /// <summary>Makes the instruments: a listener hears of the pools' state also where nothing was called yet.</summary>
    public static void Make() => GC.KeepAlive(CallDuration);
}
