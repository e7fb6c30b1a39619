namespace Flame.Telemetry;

/// <summary>The pools of this process that have started and not ended. Thread-safe.</summary>
internal static class LivePools
{
    private static readonly Lock s_gate = new();
    private static FlamePool[] s_all = [];

    public static void Add(IEnumerable<FlamePool> pools)
    {
        lock (s_gate) s_all = [.. s_all, .. pools];
        Listening.Look();
        if (Listening.IsPossible) FlameMeter.Make();
    }

    public static void Remove(IReadOnlyCollection<FlamePool> pools)
    {
        lock (s_gate) s_all = [.. s_all.Where(pool => !pools.Contains(pool))];
    }

    public static FlamePool[] All()
    {
        lock (s_gate) return s_all;
    }
}
