using System.Diagnostics;
using System.Globalization;
using Flame.EndToEnd.Tests.Calls;

namespace Flame.EndToEnd.Tests.Processes;

/// <summary>Signals and the life of processes, from outside.</summary>
internal static class Signals
{
    public static Task KillAsync(int pid) => SendAsync("-KILL", pid);

    public static Task TermAsync(int pid) => SendAsync("-TERM", pid);

    public static bool IsAlive(int pid)
    {
        try
        {
            // The state stands behind the name, which is in brackets; a zombie is gone.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static Task GoneAsync(int pid) => Patience.UntilAsync(() => !IsAlive(pid));

    /// <summary>Whether a process has a TCP port open for others.</summary>
    public static bool Listens(int pid)
    {
        const string Listening = "0A";
        var inodes = new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists).SelectMany(f => File.ReadLines(f).Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields[3] == Listening).Select(fields => $"socket:[{fields[9]}]").ToHashSet();
        return Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Any(fd => new FileInfo(fd).LinkTarget is { } target && inodes.Contains(target));
    }

    private static async Task SendAsync(string signal, int pid)
    {
        using var kill = Process.Start("/bin/kill", [signal, pid.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
