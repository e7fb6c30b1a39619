using Flame.Links;

namespace Flame.Grpc;

/// <summary>
/// Between hosts: the executor dials a port of the parent, under TLS 1.3 with an ephemeral certificate that it knows by its
/// hash. The connection is the link; where only HTTP/2 passes, one bidirectional gRPC stream is.
/// </summary>
internal sealed class GrpcCarrier(GrpcLinkOptions options, TimeProvider? time = null, bool isGrpcOnly = false) : LinkCarrier
{
    /// <summary>Listens on loopback, encrypted.</summary>
    public GrpcCarrier()
        : this(new GrpcLinkOptions())
    {
    }

    /// <summary>The same, as it is where only HTTP/2 passes.</summary>
    internal static GrpcCarrier OverHttp2 => new(new GrpcLinkOptions(), isGrpcOnly: true);

    public override string Scheme => options.AllowPlainText ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;

    public override async Task<LinkListener> ListenAsync(CancellationToken ct) =>
        await GrpcListener.StartAsync(options, isGrpcOnly, time ?? TimeProvider.System, ct).ConfigureAwait(false);

    public override Task<Stream> DialAsync(string endpoint, string? certificatePin, CancellationToken ct) =>
        LinkDialer.ConnectAsync(endpoint, certificatePin, options.AllowPlainText, isGrpcOnly, ct);
}
