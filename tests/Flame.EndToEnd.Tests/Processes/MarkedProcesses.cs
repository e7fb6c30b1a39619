using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Flame.EndToEnd.Tests.Processes;

/// <summary>
/// Finds processes by a variable that they inherited: also those whose parent is gone, and those whose number nobody knows.
/// </summary>
internal static class MarkedProcesses
{
    public static IReadOnlyList<int> Find(string variable, string value)
    {
        var mark = Encoding.UTF8.GetBytes($"{variable}={value}\0");
        return [.. Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0 && pid != Environment.ProcessId && Has(pid, mark) && Signals.IsAlive(pid))];
    }

    /// <summary>Some of them may have just ended.</summary>
    public static async Task KillAsync(string variable, string value)
    {
        foreach (var pid in Find(variable, value))
        {
            using var kill = Process.Start("/bin/kill", ["-KILL", $"{pid}"]);
            await kill.WaitForExitAsync();
        }
    }

    public static string Describe(int pid)
    {
        try
        {
            return $"{pid} ({File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ').Trim()})";
        }
        catch (IOException)
        {
            return $"{pid}";
        }
    }

    private static bool Has(int pid, byte[] mark)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{pid}/environ").AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
