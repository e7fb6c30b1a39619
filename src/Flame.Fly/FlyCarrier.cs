using System.Net;
using Flame.Grpc;
using Flame.Links;

namespace Flame.Fly;

/// <summary>
/// The link within Fly's private network: TLS to the parent's own address. Where that is, is known only when
/// the parent listens; an executor takes what the parent told it.
/// </summary>
internal sealed class FlyCarrier(Func<FlyOptions> options, FlyEnvironment fly) : LinkCarrier
{
    public override string Scheme => options().AllowPlainText ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;

    public override bool CanDial(string endpoint) => endpoint.StartsWith("https:", StringComparison.Ordinal) || endpoint.StartsWith("http:", StringComparison.Ordinal);

    public override Task<LinkListener> ListenAsync(CancellationToken ct) => new GrpcCarrier(Link()).ListenAsync(ct);

    // To go without encryption is the parent's decision, and in its settings: they may not reach this process.
    public override Task<Stream> DialAsync(string endpoint, string? certificatePin, CancellationToken ct) =>
        new GrpcCarrier(new GrpcLinkOptions { AllowPlainText = endpoint.StartsWith("http:", StringComparison.Ordinal) }).DialAsync(endpoint, certificatePin, ct);

    /// <summary>Where the parent listens. The settings have been checked.</summary>
    internal GrpcLinkOptions Link()
    {
        var set = options();
        var address = set.LinkAddress ?? fly.PrivateIp ?? throw new IOException("this parent has no address in Fly's private network");
        var link = new GrpcLinkOptions { Address = IPAddress.Parse(address), Port = set.LinkPort, AllowPlainText = set.AllowPlainText };
        foreach (var host in set.LinkHosts.Count > 0 ? set.LinkHosts : Own(address)) link.Hosts.Add(host);
        return link;
    }

    // An address changes when the machine moves to another host; its name does not.
    private IEnumerable<string> Own(string address) =>
        fly is { MachineId: { } machine, App: { } app } && options().LinkAddress is null ? [address, $"{machine}.vm.{app}.internal"] : [address];
}
