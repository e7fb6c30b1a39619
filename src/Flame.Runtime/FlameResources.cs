namespace Flame;

/// <summary>
/// What each executor of a pool has to have, in words that every platform knows. A backend gives it, or refuses at start by
/// name; executors on this machine share what the machine has.
/// </summary>
public sealed class FlameResources
{
    /// <summary>Processors, as a number of cores; a fraction is a share of one. Positive.</summary>
    /// <value>Default: <see langword="null"/>: the backend's own default.</value>
    public double? Cpus { get; set; }

    /// <summary>Memory in MiB. Positive.</summary>
    /// <value>Default: <see langword="null"/>: the backend's own default.</value>
    public int? MemoryMiB { get; set; }

    /// <summary>Graphics processors. From 0 to 64.</summary>
    /// <value>Default: 0.</value>
    public int Gpus { get; set; }

    /// <summary>The kind of graphics processor, as the platform names it.</summary>
    /// <value>Default: <see langword="null"/>: any.</value>
    public string? GpuKind { get; set; }

    internal FlameResources Copy() => (FlameResources)MemberwiseClone();
}
