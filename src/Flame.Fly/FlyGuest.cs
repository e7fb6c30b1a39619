using System.Globalization;
using Flame.Fly.Machines;

namespace Flame.Fly;

/// <summary>The size of a pool's machines: what was asked for, made one of the sizes that Fly has, or the reason why it is none.</summary>
internal static class FlyGuest
{
    private const int MemoryStep = 256;
    private const int UsualMemory = 4096;

    private static readonly int[] s_shared = [1, 2, 4, 6, 8];
    private static readonly int[] s_performance = [1, 2, 4, 6, 8, 10, 12, 14, 16];

    public static GuestConfig Of(FlyOptions options, FlameResources wanted)
    {
        var cpus = options.Cpus ?? Enough(options.CpuKind, wanted.Cpus ?? Environment.ProcessorCount);
        var (least, most) = Memory(options.CpuKind, cpus);
        return new GuestConfig(options.CpuKind, cpus, options.MemoryMiB ?? wanted.MemoryMiB ?? Math.Clamp(UsualMemory, least, most));
    }

    /// <summary>What is wrong with it.</summary>
    public static IEnumerable<string> Problems(FlyOptions options, string path, string pool, FlameResources wanted)
    {
        if (wanted.Gpus > 0 || wanted.GpuKind is not null)
            yield return $"FLM1103: Flame:Pools:{pool}:Resources:Gpus — backend 'fly' has no GPUs (removed 2026-08-01). Use Kubernetes.";
        if (options.CpuKind is not ("shared" or "performance"))
        {
            yield return $"FLM1123: {path}:CpuKind — '{options.CpuKind}' is no kind of processor on Fly: shared or performance.";
            yield break;
        }

        var sizes = Sizes(options.CpuKind);
        if (options.Cpus is { } cpus && !sizes.Contains(cpus))
            yield return Text($"FLM1123: {path}:Cpus — Fly has no {options.CpuKind} machine with {cpus} processors: {string.Join(", ", sizes)}.");
        else if (options.Cpus is null && wanted.Cpus > sizes[^1])
            yield return Text($"FLM1123: Flame:Pools:{pool}:Resources:Cpus — {wanted.Cpus} is more than a {options.CpuKind} machine has: at most {sizes[^1]}.");
        else if (MemoryProblem(options, wanted) is { } problem)
            yield return $"FLM1123: {(options.MemoryMiB is null ? $"Flame:Pools:{pool}:Resources" : path)}:MemoryMiB — {problem}";
    }

    private static string? MemoryProblem(FlyOptions options, FlameResources wanted)
    {
        var guest = Of(options, wanted);
        var (least, most) = Memory(guest.CpuKind, guest.Cpus);
        return guest.MemoryMb % MemoryStep != 0
            ? Text($"{guest.MemoryMb} is not a multiple of {MemoryStep}: {guest.MemoryMb / MemoryStep * MemoryStep} or {((guest.MemoryMb / MemoryStep) + 1) * MemoryStep}.")
            : guest.MemoryMb < least || guest.MemoryMb > most
                ? Text($"{guest.MemoryMb} does not go with {guest.Cpus} {guest.CpuKind} processors: {least} to {most}.")
                : null;
    }

    private static int Enough(string kind, double cpus)
    {
        var sizes = Sizes(kind);
        return Array.Find(sizes, size => size >= cpus) is > 0 and var size ? size : sizes[^1];
    }

    private static int[] Sizes(string kind) => kind == "shared" ? s_shared : s_performance;

    private static (int Least, int Most) Memory(string kind, int cpus) => kind == "shared" ? (256 * cpus, 2048 * cpus) : (2048 * cpus, 8192 * cpus);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
