using System.Globalization;

namespace Flame.Backends;

/// <summary>The control group of this process's memory, of version 2 or 1. Linux only.</summary>
internal sealed class ControlGroup
{
    private const string Root = "/sys/fs/cgroup";

    // What version 1 says where there is no limit is a little below the largest number.
    private const long NoLimit = 1L << 60;

    private readonly string _root;
    private readonly bool _isSecond;

    private ControlGroup(string root, string folder, bool isSecond) => (_root, Folder, _isSecond) = (root, folder, isSecond);

    /// <summary>Where its files are.</summary>
    public string Folder { get; }

    /// <summary>The file with its <c>oom_kill</c> counter.</summary>
    public string KillsFile => Path.Combine(Folder, KillsName(_isSecond));

    /// <summary>That of this process; <see langword="null"/>: there is none.</summary>
    public static ControlGroup? Own()
    {
        if (!OperatingSystem.IsLinux()) return null;
        try
        {
            return Find(File.ReadLines("/proc/self/cgroup"), Root);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>That of a process whose groups are these.</summary>
    internal static ControlGroup? Find(IEnumerable<string> groups, string root)
    {
        foreach (var line in groups)
        {
            // Version 2 is "0::/path"; version 1 has "4:memory:/path" and other files.
            var parts = line.Split(':', 3);
            if (parts is ["0", "", var path] && Existing(root, path, isSecond: true) is { } second) return second;
            if (parts is [_, "memory", var old] && Existing(Path.Combine(root, "memory"), old, isSecond: false) is { } first) return first;
        }

        return null;
    }

    /// <summary>The use and the limit of the nearest group, from this one upwards, that has a limit; <see langword="null"/>: none has.</summary>
    public MemoryUse? Memory()
    {
        var (limitName, useName, cache) = _isSecond
            ? ("memory.max", "memory.current", "inactive_file ") : ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file ");
        for (var folder = Folder; folder.Length >= _root.Length; folder = Path.GetDirectoryName(folder)!)
        {
            if (Number(folder, limitName) is not (> 0 and < NoLimit and var limit) || Number(folder, useName) is not { } use) continue;
            return new MemoryUse(Math.Max(0, use - Kept(folder, cache)), limit, "its control group");
        }

        return null;
    }

    private static ControlGroup? Existing(string root, string path, bool isSecond)
    {
        // In a container the path is the host's, while the container's own group is mounted at the root.
        var name = KillsName(isSecond);
        var folder = Path.Combine(root, path.TrimStart('/'));
        if (!File.Exists(Path.Combine(folder, name))) folder = root;
        return File.Exists(Path.Combine(folder, name)) ? new ControlGroup(root, folder, isSecond) : null;
    }

    private static string KillsName(bool isSecond) => isSecond ? "memory.events" : "memory.oom_control";

    /// <summary>A file's number; <see langword="null"/>: there is none, as where version 2 says <c>max</c>.</summary>
    private static long? Number(string folder, string name)
    {
        try
        {
            return long.TryParse(File.ReadAllText(Path.Combine(folder, name)).AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Files that were read once and are kept as long as nobody needs their room.</summary>
    private static long Kept(string folder, string name)
    {
        try
        {
            foreach (var line in File.ReadLines(Path.Combine(folder, "memory.stat")))
            {
                if (line.StartsWith(name, StringComparison.Ordinal) && long.TryParse(line.AsSpan(name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)) return bytes;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Without it the use is told as higher than it is.
        }

        return 0;
    }
}
