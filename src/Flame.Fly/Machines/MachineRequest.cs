using System.Text.Json.Serialization;

namespace Flame.Fly.Machines;

/// <summary>Asks for a machine, or for another configuration of one.</summary>
internal sealed record MachineRequest(MachineConfig Config)
{
    public string? Name { get; init; }

    public string? Region { get; init; }

    public bool? SkipLaunch { get; init; }

    /// <summary>The version that an update is meant for; any other is refused.</summary>
    public string? CurrentVersion { get; init; }

    // The environment holds the one-time token of an executor.
    public override string ToString() => $"{nameof(MachineRequest)} {Name}";
}

/// <summary>What a machine runs.</summary>
internal sealed record MachineConfig(string Image, GuestConfig Guest)
{
    public IDictionary<string, string>? Env { get; init; }

    public IDictionary<string, string>? Metadata { get; init; }

    public InitConfig? Init { get; init; }

    public bool AutoDestroy { get; init; }

    /// <summary>Always said: what is left out means that Fly starts a failed machine again.</summary>
    public RestartConfig Restart { get; init; } = new("no");

    public StopConfig? StopConfig { get; init; }

    public IReadOnlyList<MountConfig>? Mounts { get; init; }

    public IReadOnlyList<ServiceConfig>? Services { get; init; }

    public DnsConfig? Dns { get; init; }

    public override string ToString() => $"{nameof(MachineConfig)} {Image}";
}

internal sealed record GuestConfig(string CpuKind, int Cpus, int MemoryMb);

internal sealed record RestartConfig(string Policy);

internal sealed record StopConfig(string Signal, string Timeout);

internal sealed record DnsConfig(bool SkipRegistration);

internal sealed record InitConfig
{
    public IList<string>? Exec { get; init; }

    public IList<string>? Entrypoint { get; init; }

    public IList<string>? Cmd { get; init; }

    public bool? Tty { get; init; }

    public int? SwapSizeMb { get; init; }

    public IList<string>? KernelArgs { get; init; }
}

internal sealed record MountConfig(string Volume, string Path);

internal sealed record ServiceConfig(string Protocol, int InternalPort, IReadOnlyList<PortConfig> Ports)
{
    public bool Autostart { get; init; }

    public string Autostop { get; init; } = "off";
}

internal sealed record PortConfig(int Port, IList<string>? Handlers)
{
    public HttpConfig? HttpOptions { get; init; }

    public TlsConfig? TlsOptions { get; init; }
}

internal sealed record HttpConfig([property: JsonPropertyName("h2_backend")] bool H2Backend);

internal sealed record TlsConfig(IReadOnlyList<string> Alpn);

/// <summary>How a machine is stopped.</summary>
internal sealed record StopBody(string Signal, string Timeout);

/// <summary>Asks for the sole right to change a machine.</summary>
internal sealed record LeaseBody(int Ttl, string Description);

/// <summary>Asks for a volume; with the guest, so that the machine fits on its host.</summary>
internal sealed record VolumeRequest(string Name, string Region, int SizeGb, GuestConfig Compute);

/// <summary>Runs a program in a machine, for so many seconds at most.</summary>
internal sealed record ExecBody(IReadOnlyList<string> Command, int Timeout);

/// <summary>How it ended, and all that it printed.</summary>
internal sealed record ExecAnswer(int ExitCode, int ExitSignal, string? Stdout, string? Stderr);
