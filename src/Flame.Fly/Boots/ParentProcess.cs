using System.Diagnostics;
using System.Globalization;

namespace Flame.Fly.Boots;

/// <summary>Who booted a machine, so that a later run can tell whether somebody still wants it.</summary>
/// <param name="Host">The parent's machine on Fly, else the name of its host.</param>
/// <param name="App">The parent's application; <see langword="null"/> where it is no machine on Fly.</param>
/// <param name="Process">Its process number and when it began, in seconds.</param>
/// <param name="Ip">Its address.</param>
internal sealed record ParentProcess(string Host, string? App, string Process, string? Ip)
{
    // The system tells the beginning of a process a little differently each time.
    private const int SameBeginning = 2;

    public static ParentProcess This(FlyEnvironment fly)
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return new ParentProcess(fly.MachineId ?? Environment.MachineName, fly.MachineId is null ? null : fly.App, Text(process), fly.PrivateIp);
    }

    /// <summary>Whether a process of this host still runs.</summary>
    public static bool Lives(string process)
    {
        if (process.Split('@') is not [var number, var since]
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || !long.TryParse(since, NumberStyles.None, CultureInfo.InvariantCulture, out var began))
            return false;
        try
        {
            using var living = System.Diagnostics.Process.GetProcessById(pid);
            return Math.Abs(Began(living) - began) <= SameBeginning;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static string Text(Process process) => string.Create(CultureInfo.InvariantCulture, $"{process.Id}@{Began(process)}");

    private static long Began(Process process) => new DateTimeOffset(process.StartTime).ToUnixTimeSeconds();
}
