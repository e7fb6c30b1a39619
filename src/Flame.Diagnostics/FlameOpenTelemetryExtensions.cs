using Flame;
using Flame.Exports;
using Flame.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OpenTelemetry;

/// <summary>Flame in OpenTelemetry.</summary>
public static class FlameOpenTelemetryExtensions
{
    /// <summary>
    /// Collects the spans and metrics of Flame and exports by OTLP: the parent to its endpoint, as <c>UseOtlpExporter</c> does, and executors
    /// through the parent's link, with no endpoint, network or secret of their own. It takes the place of <c>UseOtlpExporter</c> and
    /// <c>AddOtlpExporter</c>. A program whose executors shall export by themselves adds the source and the meter <c>Flame</c> instead.
    /// </summary>
    /// <remarks>
    /// Without an address, the parent reads the usual variables: <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, <c>…_PROTOCOL</c> and <c>…_HEADERS</c>. What
    /// executors log comes to the parent's loggers anyway and is exported from there.
    /// </remarks>
    /// <param name="builder">The program's OpenTelemetry, in a host that has Flame.</param>
    /// <param name="endpoint">The address of the collector, without a path.</param>
    /// <param name="protocol">How it is spoken to at that address.</param>
    /// <returns>The builder.</returns>
    public static IOpenTelemetryBuilder UseFlame(this IOpenTelemetryBuilder builder, Uri? endpoint = null, OtlpExportProtocol protocol = OtlpExportProtocol.Grpc)
    {
        ArgumentNullException.ThrowIfNull(builder);
        Listening.Begin();
        builder.WithTracing(static tracing => tracing.AddSource(FlameSource.Name)).WithMetrics(static metrics => metrics.AddMeter(FlameSource.Name));
        return Parent() is { } parent ? ThroughLink(builder, parent) : ToCollector(builder, endpoint, protocol);
    }

    private static IOpenTelemetryBuilder ThroughLink(IOpenTelemetryBuilder builder, FlameParent parent)
    {
        LinkExports.OfThisProcess ??= new ExecutorExports();
        ExportRelay.Current ??= new LinkRelay();
        return builder
            .ConfigureResource(resource => resource.AddAttributes([new("flame.pool", parent.Pool), new("flame.executor", parent.Executor)]))
            .WithTracing(static tracing => tracing.AddProcessor(static _ => new BatchActivityExportProcessor(new OtlpTraceExporter(LinkHandler.Options(ExportSignal.Traces)))))
            .WithMetrics(static metrics => metrics.AddReader(static _ => new PeriodicExportingMetricReader(new OtlpMetricExporter(LinkHandler.Options(ExportSignal.Metrics)))));
    }

    private static IOpenTelemetryBuilder ToCollector(IOpenTelemetryBuilder builder, Uri? endpoint, OtlpExportProtocol protocol)
    {
        builder.Services.AddSingleton<IHostedService>(services => new CollectorRelay(endpoint is null ? Collector.Configured(services) : new Collector(endpoint, protocol, []), services));
        return endpoint is null ? builder.UseOtlpExporter() : builder.UseOtlpExporter(protocol, endpoint);
    }

    // One that cannot be read ends the process, with words, when Flame is added.
    private static FlameParent? Parent()
    {
        try
        {
            return FlameParent.Current;
        }
        catch (FlameParentException)
        {
            return null;
        }
    }
}
