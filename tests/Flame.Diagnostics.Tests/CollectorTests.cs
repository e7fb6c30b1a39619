using Flame.Exports;
using Flame.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter;

namespace Flame.Diagnostics.Tests;

public sealed class CollectorTests
{
    [Theory]
    [InlineData(OtlpExportProtocol.HttpProtobuf, "http://c:4318", 1, "http://c:4318/v1/traces")]
    [InlineData(OtlpExportProtocol.HttpProtobuf, "http://c:4318/otlp/", 2, "http://c:4318/otlp/v1/metrics")]
    [InlineData(OtlpExportProtocol.Grpc, "http://c:4317", 1, "http://c:4317/opentelemetry.proto.collector.trace.v1.TraceService/Export")]
    [InlineData(OtlpExportProtocol.Grpc, "http://c:4317", 2, "http://c:4317/opentelemetry.proto.collector.metrics.v1.MetricsService/Export")]
    public void Parent_posts_to_known_paths_of_its_own_collector(OtlpExportProtocol protocol, string endpoint, byte signal, string address)
    {
        Assert.Equal(address, new Collector(new Uri(endpoint), protocol, []).AddressOf((ExportSignal)signal).AbsoluteUri);
    }

    [Fact]
    public void Collector_is_where_the_usual_variables_say_and_its_headers_are_not_told()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "https://collector:9/base",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "api-key=a%20secret, other=1",
        }).Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(settings).BuildServiceProvider();
        var collector = Collector.Configured(services);
        Assert.Equal(("https://collector:9/base", OtlpExportProtocol.HttpProtobuf), (collector.Endpoint.AbsoluteUri, collector.Protocol));
        Assert.Equal([new("api-key", "a secret"), new("other", "1")], collector.Headers);
        Assert.Equal("https://collector:9", collector.ToString());
    }
}
