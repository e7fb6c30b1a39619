using System.Globalization;
using System.Runtime.InteropServices;
using Flame.Links;

namespace Flame.Control;

/// <summary>What can be said of a machine without a parent: its runtime, its limits, the directories that sockets are made in.</summary>
internal static class MachineChecks
{
    private const string Here = "this machine";

    /// <summary>Looks around.</summary>
    /// <param name="processes">Executors that may be processes of this machine at the same time.</param>
    public static IEnumerable<Finding> Run(int processes)
    {
        yield return new Finding(Here, "runtime", Finding.Fine, $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}, {Environment.ProcessorCount} processors");
        yield return Temp();
        yield return Sockets();
        if (Files(processes) is { } files) yield return files;
        if (Watches(processes) is { } watches) yield return watches;
    }

    private static Finding Temp()
    {
        var temp = Path.GetFullPath(Path.GetTempPath());
        try
        {
            var name = Path.Combine(temp, $"flame-doctor-{Guid.NewGuid():N}");
            using (File.Create(name, 1, FileOptions.DeleteOnClose))
            {
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Finding(Here, "temp", Finding.Problem, $"nothing can be written to {temp}: {exception.Message}", "Set TMPDIR to a directory that this user can write to.");
        }

        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(temp) is var mode && mode.HasFlag(UnixFileMode.OtherWrite) && !mode.HasFlag(UnixFileMode.StickyBit))
        {
            return new Finding(
                Here, "temp", Finding.Problem, $"everybody can remove what others have in {temp} (mode {Convert.ToString((int)mode, 8)})", $"chmod +t {temp}, or set TMPDIR to a directory of this user alone.");
        }

        return new Finding(Here, "temp", Finding.Fine, $"{temp} can be written to");
    }

    private static Finding Sockets()
    {
        var directory = ControlDirectory.Own();
        return Directory.Exists(directory) && SocketDirectory.Doubt(directory) is { } doubt
            ? new Finding(Here, "sockets", Finding.Problem, $"parents cannot listen for the flame tool: {directory} {doubt}", $"Remove {directory}.")
            : new Finding(Here, "sockets", Finding.Fine, $"parents listen for the flame tool in {directory}");
    }

    // Pipes, a pipe's end to tell of a parent's death, a link.
    private static Finding? Files(int processes)
    {
        const int OfEach = 5, OfTheRest = 200;
        if (!OperatingSystem.IsLinux() || Limit("/proc/self/limits") is not { } limit) return null;
        var needed = (processes * OfEach) + OfTheRest;
        var text = string.Create(CultureInfo.InvariantCulture, $"{limit} files may be open at once");
        return limit >= needed ? new Finding(Here, "files", Finding.Fine, text) : new Finding(
            Here, "files", Finding.Warning, string.Create(CultureInfo.InvariantCulture, $"{text}, and {processes} executors may need {needed}"),
            string.Create(CultureInfo.InvariantCulture, $"Raise it (ulimit -n {needed}, or LimitNOFILE= of the service), or lower Max."));

        static long? Limit(string path) =>
            File.ReadLines(path).FirstOrDefault(static line => line.StartsWith("Max open files", StringComparison.Ordinal)) is { } line
            && long.TryParse(line[14..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture, out var most) ? most : null;
    }

    // A host watches its settings files, in each executor too.
    private static Finding? Watches(int processes)
    {
        const string Path = "/proc/sys/fs/inotify/max_user_instances";
        if (!File.Exists(Path) || !int.TryParse(File.ReadAllText(Path), CultureInfo.InvariantCulture, out var limit)) return null;
        var text = string.Create(CultureInfo.InvariantCulture, $"{limit} inotify instances for this user");
        var needed = processes + 16;
        return limit >= needed ? new Finding(Here, "inotify", Finding.Fine, text) : new Finding(
            Here, "inotify", Finding.Warning, string.Create(CultureInfo.InvariantCulture, $"{text}, and each of {processes} executors with a host that watches its settings needs one"),
            string.Create(CultureInfo.InvariantCulture, $"sysctl fs.inotify.max_user_instances={needed * 2}, or DOTNET_USE_POLLING_FILE_WATCHER=1, or lower Max."));
    }
}
