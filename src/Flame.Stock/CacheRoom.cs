namespace Flame.Stock;

/// <summary>Keeps the cache from growing over its size: programs that nobody uses go first, those used longest ago before others, and then contents that no program needs.</summary>
internal sealed class CacheRoom(string folder, long most, TimeProvider time)
{
    // Who asks what is lacked takes it for granted that what is here stays until the program is laid out.
    private static readonly TimeSpan s_inUse = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan s_unfinished = TimeSpan.FromDays(1);

    private readonly string _programs = Path.Combine(folder, "programs");
    private readonly string _blobs = Path.Combine(folder, "blobs");
    private readonly string _scratch = Path.Combine(folder, "tmp");

    public void Make()
    {
        // One process at a time; the others have nothing to wait for.
        using var turn = ProgramFolders.TryLock(Path.Combine(folder, "room"));
        if (turn is null) return;
        var size = SizeOf(_programs) + SizeOf(_blobs);
        foreach (var program in new DirectoryInfo(_programs).EnumerateDirectories().OrderBy(static one => File.GetLastWriteTimeUtc(one.FullName + ".lock")).ToArray())
        {
            if (size <= most) break;
            size -= TryRemove(program.FullName);
        }

        var old = time.GetUtcNow().UtcDateTime - s_inUse;
        foreach (var blob in Files(_blobs).OrderBy(static file => file.LastWriteTimeUtc).ToArray())
        {
            if (size <= most || blob.LastWriteTimeUtc > old) break;
            size -= blob.Length;
            blob.Delete();
        }

        foreach (var part in new DirectoryInfo(_scratch).EnumerateFileSystemInfos()) RemoveUnfinished(part, old - s_unfinished);
    }

    // Of executors that were killed while they wrote.
    private static void RemoveUnfinished(FileSystemInfo part, DateTime before)
    {
        try
        {
            // One that its writer has just moved away has no time.
            if (!part.Exists || part.LastWriteTimeUtc >= before) return;
            if (part is DirectoryInfo { LinkTarget: null } folder) folder.Delete(recursive: true);
            else part.Delete();
        }
        catch (DirectoryNotFoundException)
        {
            // The same, a moment later.
        }
    }

    private long TryRemove(string program)
    {
        using var free = ProgramFolders.TryLock(program);
        if (free is null) return 0;
        var (size, away) = (SizeOf(program), Path.Combine(_scratch, Path.GetRandomFileName()));
        Directory.Move(program, away);
        Directory.Delete(away, recursive: true);
        return size;
    }

    private static long SizeOf(string path) => Files(path).Sum(static file => file.Length);

    private static IEnumerable<FileInfo> Files(string path) =>
        new DirectoryInfo(path).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint });
}
