using System.Runtime.InteropServices;

namespace Flame.Executor;

/// <summary>
/// What a host's lifetime does, for a program without one: told to end by SIGTERM, it drains its pools, and ends when
/// nothing of them is left. Thread-safe.
/// </summary>
internal static class TermSignal
{
    // What shells and .NET report for a process that SIGTERM ended.
    private const int ExitCode = 128 + 15;

    private static readonly Lock s_gate = new();
    private static readonly HashSet<FlamePools> s_pools = [];
    private static PosixSignalRegistration? s_registration;
    private static bool s_told;

    /// <summary>From now on until they are disposed, the signal drains these pools.</summary>
    public static void Drains(FlamePools pools)
    {
        pools.Ended = () => Ended(pools);
        lock (s_gate)
        {
            s_pools.Add(pools);
            s_registration ??= PosixSignalRegistration.Create(PosixSignal.SIGTERM, Told);
        }
    }

    private static void Told(PosixSignalContext context)
    {
        FlamePools[] pools;
        lock (s_gate)
        {
            // Whoever registered later and keeps the process alive ends it too. And told twice, it ends at once.
            if (context.Cancel || s_told || s_pools.Count == 0) return;
            context.Cancel = s_told = true;
            pools = [.. s_pools];
        }

        foreach (var each in pools) _ = each.DisposeAsync().AsTask();
    }

    private static void Ended(FlamePools pools)
    {
        lock (s_gate)
        {
            s_pools.Remove(pools);
            if (s_pools.Count > 0) return;
            s_registration?.Dispose();
            s_registration = null;
            if (!s_told) return;
        }

        Environment.Exit(ExitCode);
    }
}
