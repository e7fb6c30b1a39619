using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Flame.Telemetry;

namespace Flame.Exports;

/// <summary>Speaks to the collector in either of its ways. A request is sent as the executor wrote it, and never anywhere else.</summary>
internal sealed class CollectorClient : IDisposable
{
    private const int LongestAnswer = 64 * 1024;
    private const int GrpcPrefix = 5;

    private readonly Collector _collector;
    private readonly HttpClient _http;

    public CollectorClient(Collector collector)
    {
        _collector = collector;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            MaxResponseContentBufferSize = LongestAnswer,
            Timeout = TimeSpan.FromSeconds(10),
        };
    }

    /// <exception cref="HttpRequestException">It was not taken.</exception>
    public async Task PostAsync(ExportSignal signal, byte[] request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, _collector.AddressOf(signal)) { Content = new ByteArrayContent(_collector.IsGrpc ? Framed(request) : request) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(_collector.IsGrpc ? "application/grpc" : "application/x-protobuf");
        foreach (var (name, value) in _collector.Headers) message.Headers.TryAddWithoutValidation(name, value);
        if (_collector.IsGrpc)
        {
            message.Version = HttpVersion.Version20;
            message.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        }

        using var answer = await _http.SendAsync(message).ConfigureAwait(false);
        answer.EnsureSuccessStatusCode();
        if (_collector.IsGrpc && GrpcStatus(answer) is var status and not "0") throw new HttpRequestException($"the collector answered with gRPC status {status}");
    }

    public void Dispose() => _http.Dispose();

    // Without a message in front of them, trailers are headers.
    private static string? GrpcStatus(HttpResponseMessage answer) =>
        answer.TrailingHeaders.TryGetValues("grpc-status", out var trailing) ? trailing.First() : answer.Headers.TryGetValues("grpc-status", out var alone) ? alone.First() : "missing";

    private static byte[] Framed(byte[] request)
    {
        var framed = new byte[GrpcPrefix + request.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), request.Length);
        request.CopyTo(framed, GrpcPrefix);
        return framed;
    }
}
