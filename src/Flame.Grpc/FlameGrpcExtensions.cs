namespace Flame.Grpc;

/// <summary>Links over the network, for executors that are not on the parent's machine.</summary>
public static class FlameGrpcExtensions
{
    /// <summary>
    /// Has executors dial the parent under TLS 1.3, with a certificate that the parent makes for this run and that executors
    /// know by its hash; where only HTTP/2 passes, over gRPC. Without it, links are sockets of this machine.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Where the parent listens. Default: a free port of loopback.</param>
    /// <returns>The builder.</returns>
    public static FlameBuilder UseGrpc(this FlameBuilder builder, Action<GrpcLinkOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new GrpcLinkOptions();
        configure?.Invoke(options);
        builder.Carrier = new GrpcCarrier(options);
        return builder;
    }
}
