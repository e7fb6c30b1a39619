using System.Net;
using Flame.Telemetry;
using OpenTelemetry.Exporter;

namespace Flame.Exports;

/// <summary>Stands where an exporter has its connection: what it posts goes over the executor's link. Its headers stay here.</summary>
internal sealed class LinkHandler(ExportSignal signal) : HttpMessageHandler
{
    /// <summary>An exporter of OTLP that sends to the parent.</summary>
    public static OtlpExporterOptions Options(ExportSignal signal) => new()
    {
        Protocol = OtlpExportProtocol.HttpProtobuf,

        // Never dialled.
        Endpoint = new Uri("http://parent.invalid/"),
        HttpClientFactory = () => new HttpClient(new LinkHandler(signal)),
    };

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        request.Content?.CopyTo(bytes, null, cancellationToken);
        return Answer(bytes);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        if (request.Content is { } content) await content.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
        return Answer(bytes);
    }

    // What has no room is not sent again: it would have none then either.
    private HttpResponseMessage Answer(MemoryStream bytes) =>
        new(LinkExports.OfThisProcess?.TrySend(signal, bytes.GetBuffer().AsSpan(0, (int)bytes.Length)) == true ? HttpStatusCode.OK : HttpStatusCode.RequestEntityTooLarge)
        {
            Content = new ByteArrayContent([]),
        };
}
