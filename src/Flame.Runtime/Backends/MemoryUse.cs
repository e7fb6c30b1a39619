namespace Flame.Backends;

/// <summary>How much memory is used of how much.</summary>
/// <param name="Used">Bytes that cannot be taken back: without files that the kernel merely keeps.</param>
/// <param name="Limit">Bytes.</param>
/// <param name="Whose">Whose limit it is, for people.</param>
internal readonly record struct MemoryUse(long Used, long Limit, string Whose)
{
    private const double MiB = 1024 * 1024;

    /// <summary>0 to 1.</summary>
    public double Share => Limit > 0 ? (double)Used / Limit : 0;

    public double UsedMiB => Used / MiB;

    public double LimitMiB => Limit / MiB;

    /// <summary>What this process may use: what its control group may, else what the runtime thinks that there is.</summary>
    public static MemoryUse OfThisProcess() =>
        ControlGroup.Own()?.Memory() ?? new MemoryUse(Environment.WorkingSet, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, "all of this machine");
}
