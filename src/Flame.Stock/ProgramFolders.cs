using Flame.CodeSync;

namespace Flame.Stock;

/// <summary>
/// Programs as folders, each made elsewhere and then moved to its place at once. Who uses one holds its lock for as long as the process lives, also when it has
/// become the program; who makes room takes none that is held.
/// </summary>
internal sealed class ProgramFolders(string folder, string scratch, BlobStore blobs, TimeProvider time) : IDisposable
{
    private const string Locks = ".lock";
    private const string Turns = ".turn";

    // The program's own process inherits it, and the system gives it up when that has ended.
    private FileStream? _held;

    public string? Find(CodeManifest manifest)
    {
        Hold(manifest);
        var path = Path.Combine(folder, manifest.Hash);
        return IsWhole(path, manifest) ? path : null;
    }

    public string LayOut(CodeManifest manifest)
    {
        Hold(manifest);
        var (path, made) = (Path.Combine(folder, manifest.Hash), Path.Combine(scratch, Path.GetRandomFileName()));
        Directory.CreateDirectory(made);
        try
        {
            foreach (var file in manifest.Files) LayOut(made, file);

            // One after another: between two looks another executor may have put the same there, and begun to use it.
            using var turn = Turn.Wait(path + Turns);
            if (IsWhole(path, manifest)) return path;
            Remove(path);
            Directory.Move(made, path);
            return path;
        }
        finally
        {
            if (Directory.Exists(made)) Directory.Delete(made, recursive: true);
        }
    }

    /// <summary>Whoever holds one keeps it from being removed.</summary>
    public static FileStream? TryLock(string program)
    {
        try
        {
            return new FileStream(program + Locks, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Lets go of the program.</summary>
    public void Dispose() => _held?.Dispose();

    // A copy, not a link: a program that writes into its folder must not change what others get.
    private void LayOut(string made, CodeFile file)
    {
        var path = Path.Combine(made, file.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(blobs.PathOf(file), path);
        File.SetLastWriteTimeUtc(path, s_written);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, file.IsExecutable ? s_executable : s_plain);
    }

    // One that was changed, or removed half, is made anew. A program that is running meanwhile keeps what it has open.
    private void Remove(string path)
    {
        if (!Directory.Exists(path)) return;
        var away = Path.Combine(scratch, Path.GetRandomFileName());
        Directory.Move(path, away);
        Directory.Delete(away, recursive: true);
    }

    private static bool IsWhole(string program, CodeManifest manifest) => Directory.Exists(program) && manifest.Files.All(file => IsWhole(program, file));

    private static bool IsWhole(string program, CodeFile file)
    {
        var here = new FileInfo(Path.Combine(program, file.Path));
        return here.Exists && here.Length == file.Size && here.LastWriteTimeUtc == s_written && here.LinkTarget is null;
    }

    private void Hold(CodeManifest manifest)
    {
        if (_held is not null) return;
        var path = Path.Combine(folder, manifest.Hash) + Locks;
        if (!File.Exists(path)) TryLock(Path.Combine(folder, manifest.Hash))?.Dispose();
        _held = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
        if (!OperatingSystem.IsWindows()) ProgramStart.Inherit(_held.SafeFileHandle);
    }

    private const UnixFileMode s_plain = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode s_executable = s_plain | UnixFileMode.UserExecute;

    // Any fixed time does: a file with another was touched.
    private static readonly DateTime s_written = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
}
