using System.Runtime.InteropServices;

namespace Flame.Backends;

/// <summary>
/// An executor leads a process group of its own, so that it can be ended together with everything that it started.
/// Windows has no such groups: every member does nothing there.
/// </summary>
internal static partial class ProcessGroup
{
    private const int Kill = 9;
    private const int NoSuchProcess = 3;

    /// <summary>
    /// Makes this process the leader of a group of its own. The executor calls it first of all; the parent cannot do
    /// it for a child that already runs another program. It also takes the executor out of reach of the terminal's
    /// Ctrl+C, which is the parent's to handle.
    /// </summary>
    public static void Lead()
    {
        if (!OperatingSystem.IsWindows())
            _ = Unix.setpgid(0, 0);
    }

    /// <summary>Whether a living process leads a group.</summary>
    public static bool IsLeader(int pid) => !OperatingSystem.IsWindows() && pid > 1 && Unix.getpgid(pid) == pid;

    /// <summary>Kills a living leader with all its group.</summary>
    /// <returns>Whether it was one.</returns>
    public static bool KillWithLeader(int pid) => IsLeader(pid) && pid != OwnGroup() && Unix.kill(-pid, Kill) == 0;

    /// <summary>Kills what a leader left behind, after it has been reaped.</summary>
    public static void KillOrphans(int pid)
    {
        if (OperatingSystem.IsWindows() || pid <= 1 || pid == OwnGroup())
            return;

        // A group keeps its number taken until its last member is gone. So a group without its leader is the one that
        // this process left; a number that lives again as a process is somebody else's, and stays untouched.
        if (Unix.kill(pid, 0) != 0 && Marshal.GetLastPInvokeError() == NoSuchProcess)
            _ = Unix.kill(-pid, Kill);
    }

    /// <summary>
    /// The last act of an executor whose parent is gone and cannot end the group any more. Does not return when this
    /// process leads a group.
    /// </summary>
    public static void KillOwn()
    {
        if (IsLeader(Environment.ProcessId))
            _ = Unix.kill(0, Kill);
    }

    /// <summary>
    /// Kills what this process has started, and not itself: it ends with the code that it has. Its parent does the same behind it,
    /// unless that is killed first.
    /// </summary>
    public static void KillRest()
    {
        var own = Environment.ProcessId;
        if (!IsLeader(own)) return;

        // Out of its own group, which lives on until its last member is gone. Who has lost its parent has no group to go to, nor has one that a container began with.
        var parents = Unix.getppid() is > 1 and var parent ? Unix.getpgid(parent) : 0;
        if (parents > 1 && parents != own && Unix.setpgid(0, parents) == 0) _ = Unix.kill(-own, Kill);
        else if (OperatingSystem.IsLinux()) KillOthers(own);
        else if (parents <= 1) _ = Unix.kill(0, Kill);
    }

    // Until there is none that was not killed: they may start others meanwhile.
    private static void KillOthers(int group)
    {
        var killed = new HashSet<int> { group };
        bool more;
        do
        {
            more = false;
            foreach (var folder in Directory.EnumerateDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(folder.AsSpan()), out var pid) && Unix.getpgid(pid) == group && killed.Add(pid)) more |= Unix.kill(pid, Kill) == 0;
            }
        }
        while (more);
    }

    private static int OwnGroup() => Unix.getpgid(0);

    private static partial class Unix
    {
#pragma warning disable IDE1006, SYSLIB1054 // The names are the system's.
        [LibraryImport("libc")]
        internal static partial int setpgid(int pid, int group);

        [LibraryImport("libc")]
        internal static partial int getpgid(int pid);

        [LibraryImport("libc")]
        internal static partial int getppid();

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int kill(int pid, int signal);
#pragma warning restore IDE1006, SYSLIB1054
    }
}
