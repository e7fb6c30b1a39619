using System.Diagnostics;
using System.Globalization;

namespace Flame.Kubernetes;

/// <summary>
/// Names a process so that another one of the same machine can tell that it is gone, at once and without doubt:
/// <c>machine boot pid start</c>. On other machines only its lease tells.
/// </summary>
internal static class ParentIdentity
{
    private const string BootId = "/proc/sys/kernel/random/boot_id";

    // The system tells the beginning of a process a little differently each time.
    private const int SameBeginning = 2;

    public static string OfThisProcess { get; } = Of(Environment.ProcessId) ?? Environment.MachineName;

    /// <summary>Whether it was a process of this machine, and is no more.</summary>
    public static bool IsGone(string? identity) =>
        identity?.Split(' ') is [var machine, var boot, var text, _] && machine == Environment.MachineName && boot == Boot()
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
        && !(Began(Of(pid)) is { } now && Began(identity) is { } then && Math.Abs(now - then) <= SameBeginning);

    private static long? Began(string? identity) =>
        identity?.Split(' ') is [_, _, _, var since] && long.TryParse(since, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;

    private static string? Of(int pid)
    {
        // Containers of one machine share its boot id and may share a name, but not their process numbers.
        if (Boot() is not { } boot || !File.Exists($"/proc/{pid}/stat")) return null;
        try
        {
            using var process = Process.GetProcessById(pid);
            return string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName} {boot} {pid} {process.StartTime.ToUniversalTime().Ticks / TimeSpan.TicksPerSecond}");
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static string? Boot() => File.Exists(BootId) ? File.ReadAllText(BootId).Trim() : null;
}
