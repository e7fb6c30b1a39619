using Flame.Links;

namespace Flame.Grpc;

/// <summary>
/// Between hosts: one bidirectional gRPC stream from the executor to a small Kestrel in the parent, so that it passes
/// where HTTP/2 passes. TLS 1.3 with an ephemeral certificate that the executor knows by its hash.
/// </summary>
internal sealed class GrpcCarrier(GrpcLinkOptions options, TimeProvider? time = null) : LinkCarrier
{
    /// <summary>Listens on loopback, encrypted.</summary>
    public GrpcCarrier()
        : this(new GrpcLinkOptions())
    {
    }

    public override string Scheme => options.AllowPlainText ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;

    public override async Task<LinkListener> ListenAsync(CancellationToken ct) =>
        await GrpcListener.StartAsync(options, time ?? TimeProvider.System, ct).ConfigureAwait(false);

    public override async Task<Stream> DialAsync(string endpoint, string? certificatePin, CancellationToken ct) =>
        await GrpcDialer.ConnectAsync(endpoint, certificatePin, options.AllowPlainText, ct).ConfigureAwait(false);
}
