using System.Net;

namespace Flame.Grpc;

/// <summary>Where a parent listens for executors of other hosts. Not thread-safe; used at start only.</summary>
public sealed class GrpcLinkOptions
{
    /// <summary>The address to bind. Loopback unless told otherwise: to be reachable from other hosts is a decision.</summary>
    public IPAddress Address { get; set; } = IPAddress.Loopback;

    /// <summary>The port to bind; 0 takes a free one.</summary>
    public int Port { get; set; }

    /// <summary>
    /// The host names and addresses that executors dial, the best first; the bound address unless given. Needed with
    /// <see cref="IPAddress.Any"/> and <see cref="IPAddress.IPv6Any"/>, which listens on IPv4 too.
    /// </summary>
    public IList<string> Hosts { get; } = [];

    /// <summary>
    /// Neither encrypts nor authenticates the parent: whoever sits between reads everything, the executor's one-time
    /// token included. Only for networks that encrypt by themselves (WireGuard, a service mesh).
    /// </summary>
    public bool AllowPlainText { get; set; }

    /// <summary>What executors dial, without the port.</summary>
    internal string[] DialledHosts => Hosts.Count > 0 ? [.. Hosts] : [Bound()];

    private string Bound() => Address.Equals(IPAddress.Any) || Address.Equals(IPAddress.IPv6Any)
        ? throw new InvalidOperationException($"{Address} is no address that an executor can dial: add the name or address of this machine to {nameof(Hosts)}.")
        : Address.ToString();
}
