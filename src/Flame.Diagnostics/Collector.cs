using Flame.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter;

namespace Flame.Exports;

/// <summary>Where the parent exports to. What an executor exports goes to one of its known paths and nowhere else.</summary>
internal sealed record Collector(Uri Endpoint, OtlpExportProtocol Protocol, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    private const string Variable = "OTEL_EXPORTER_OTLP_";

    public bool IsGrpc => Protocol == OtlpExportProtocol.Grpc;

    /// <summary>What the usual variables say, as the exporter of the parent reads them.</summary>
    public static Collector Configured(IServiceProvider services)
    {
        var settings = services.GetService<IConfiguration>();
        var protocol = Of("PROTOCOL") is "http/protobuf" ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        var endpoint = Uri.TryCreate(Of("ENDPOINT"), UriKind.Absolute, out var given) ? given : new Uri(protocol == OtlpExportProtocol.Grpc ? "http://localhost:4317" : "http://localhost:4318");
        return new Collector(endpoint, protocol, HeadersOf(Of("HEADERS")));

        string? Of(string name) => settings?[Variable + name] ?? Environment.GetEnvironmentVariable(Variable + name);
    }

    public Uri AddressOf(ExportSignal signal) => new(Endpoint.AbsoluteUri.TrimEnd('/') + (signal, IsGrpc) switch
    {
        (ExportSignal.Traces, true) => "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        (ExportSignal.Traces, false) => "/v1/traces",
        (_, true) => "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
        (_, false) => "/v1/metrics",
    });

    // A header may be a secret.
    public override string ToString() => Endpoint.GetLeftPart(UriPartial.Authority);

    private static KeyValuePair<string, string>[] HeadersOf(string? text) =>
        [.. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(static pair => pair.Split('=', 2))
            .Where(static pair => pair.Length == 2)
            .Select(static pair => KeyValuePair.Create(pair[0].Trim(), Uri.UnescapeDataString(pair[1].Trim())))];
}
