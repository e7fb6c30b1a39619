using System.Globalization;

namespace Flame.Executor;

/// <summary>For how long this process has run, by its kernel's own count, where that is told.</summary>
internal static class ProcessAge
{
    // Whatever the kernel counts in itself, it tells programs in these.
    private const double TicksPerSecond = 100;

    // Counted from the third, which follows the name; a name may have blanks.
    private const int StartTime = 22 - 3;

    public static TimeSpan? OfThisProcess() => OperatingSystem.IsLinux() ? Read("/proc/self/stat", "/proc/uptime") : null;

    /// <returns><see langword="null"/>: these files do not say it.</returns>
    internal static TimeSpan? Read(string stat, string uptime)
    {
        try
        {
            var own = File.ReadAllText(stat);
            var fields = own[(own.LastIndexOf(')') + 2)..].Split(' ');
            var now = double.Parse(File.ReadAllText(uptime).Split(' ')[0], CultureInfo.InvariantCulture);
            var age = now - (double.Parse(fields[StartTime], CultureInfo.InvariantCulture) / TicksPerSecond);
            return age >= 0 ? TimeSpan.FromSeconds(age) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
