using System.Globalization;
using Flame.Backends;

namespace Flame.EndToEnd.Tests.Limits;

/// <summary>A control group of the test's own with a limit, for the processes that it starts in it.</summary>
internal sealed class MemoryGroup : IDisposable
{
    private readonly string _folder;

    private MemoryGroup(string folder) => _folder = folder;

    /// <summary>Whoever writes its process id here is in the group.</summary>
    public string Processes => Path.Combine(_folder, "cgroup.procs");

    /// <summary><see langword="null"/> where none can be made.</summary>
    public static MemoryGroup? TryCreate(long limit)
    {
        if (!OperatingSystem.IsLinux() || ControlGroup.Own() is not { } own) return null;
        var group = new MemoryGroup(Path.Combine(own.Folder, $"flame-test-{Guid.NewGuid():N}"));
        try
        {
            Directory.CreateDirectory(group._folder);
            var files = (string[])["memory.max", "memory.limit_in_bytes"];
            if (Array.Find(files, f => File.Exists(Path.Combine(group._folder, f))) is { } file)
            {
                File.WriteAllText(Path.Combine(group._folder, file), limit.ToString(CultureInfo.InvariantCulture));
                if (group.Counts()) return group;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not root, or a group that may have none below.
        }

        group.Dispose();
        return null;
    }

    public void Dispose()
    {
        // Gone once the last process is.
        for (var tries = 0; tries < 100 && Directory.Exists(_folder); tries++)
        {
            try
            {
                Directory.Delete(_folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Thread.Sleep(50);
            }
        }
    }

    // Old kernels do not say how often they have killed.
    private bool Counts() => ((string[])["memory.events", "memory.oom_control"]).Select(f => Path.Combine(_folder, f)).Where(File.Exists)
        .Any(f => File.ReadAllText(f).Contains("oom_kill ", StringComparison.Ordinal));
}
