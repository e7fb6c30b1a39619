using System.Globalization;

namespace Flame.Backends;

/// <summary>
/// What tells a kill by the kernel for lack of memory from any other SIGKILL: the <c>oom_kill</c> counter of this
/// process's control group, which its executors share. Linux only; elsewhere the count stays 0.
/// </summary>
internal static class KernelKills
{
    private static readonly Lock s_lock = new();
    private static readonly string? s_file = ControlGroup.Own()?.KillsFile;
    private static long s_claimed;

    /// <summary>The kills so far; remember it at the boot.</summary>
    public static long Count() => s_file is null ? 0 : Read(s_file);

    /// <summary>Whether a kill since the boot is left that no other executor has been told of.</summary>
    public static bool Claim(long countAtBoot)
    {
        var count = Count();
        lock (s_lock)
        {
            var known = Math.Max(countAtBoot, s_claimed);
            if (count <= known)
                return false;
            s_claimed = known + 1;
            return true;
        }
    }

    internal static long Parse(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            if (line.StartsWith("oom_kill ", StringComparison.Ordinal)
                && long.TryParse(line.AsSpan("oom_kill ".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                return count;
        }

        return 0;
    }

    private static long Read(string file)
    {
        try
        {
            return Parse(File.ReadLines(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
