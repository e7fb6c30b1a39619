namespace Flame.Fly;

/// <summary>What a machine starts instead of what its image says. Everything that is left alone stays the image's.</summary>
public sealed class FlyInit
{
    /// <summary>Replaces entry point and command.</summary>
    public IList<string> Exec { get; } = [];

    /// <summary>Replaces the image's entry point.</summary>
    public IList<string> Entrypoint { get; } = [];

    /// <summary>Replaces the image's command.</summary>
    public IList<string> Cmd { get; } = [];

    /// <summary>Arguments of the kernel.</summary>
    public IList<string> KernelArgs { get; } = [];

    /// <summary>Whether there is a terminal.</summary>
    public bool? Tty { get; set; }

    /// <summary>Swap space in MiB.</summary>
    public int? SwapSizeMiB { get; set; }
}

/// <summary>A volume in the machines of a pool.</summary>
/// <param name="path">Where it is mounted, absolute.</param>
/// <remarks>
/// A volume is on one host and belongs to one machine at a time. With <see cref="Volume"/> every machine would need the
/// same one, so the pool can have one executor; with <see cref="Name"/> each boot takes a free volume of that name.
/// </remarks>
public sealed class FlyMount(string path)
{
    /// <summary>Where it is mounted.</summary>
    public string Path => path;

    /// <summary>The id of the one volume, <c>vol_…</c>.</summary>
    public string? Volume { get; set; }

    /// <summary>The name that free volumes of the application have.</summary>
    public string? Name { get; set; }

    /// <summary>Where no volume of the name is free, one of this size in GB is made; 0: the boot fails and is tried again. From 0 to 500.</summary>
    public int SizeGB { get; set; }
}

/// <summary>A service of the machines, reached through Fly's proxy.</summary>
/// <param name="internalPort">The port in the machine.</param>
/// <param name="port">The port at the proxy.</param>
public sealed class FlyService(int internalPort, int port)
{
    /// <summary>The port in the machine. From 1 to 65,535.</summary>
    public int InternalPort => internalPort;

    /// <summary>The port at the proxy. From 1 to 65,535.</summary>
    public int Port => port;

    /// <summary><c>tcp</c> or <c>udp</c>.</summary>
    /// <value>Default: <c>tcp</c>.</value>
    public string Protocol { get; set; } = "tcp";

    /// <summary>What the proxy does to a connection, in order: <c>tls</c>, <c>http</c>.</summary>
    public IList<string> Handlers { get; } = [];

    /// <summary>Whether the proxy speaks HTTP/2 to the machine, as gRPC needs.</summary>
    public bool Http2 { get; set; }
}
