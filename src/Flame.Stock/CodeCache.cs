using System.Globalization;
using Flame.CodeSync;
using Flame.Links;

namespace Flame.Stock;

/// <summary>
/// What stock executors of a machine keep of the programs that they got: contents under their hashes, and programs laid out as folders. All of a user's
/// executors share it; it outlives them, and its size is bounded. Nothing outside its folder is ever changed.
/// </summary>
internal sealed class CodeCache : IDisposable
{
    private const string Variable = "FLAME_CACHE";
    private const string SizeVariable = "FLAME_CACHE_MIB";
    private const long MiB = 1024 * 1024;
    private const long DefaultMiB = 10 * 1024;

    private readonly string _scratch;
    private readonly ProgramFolders _programs;
    private readonly CacheRoom _room;

    public CodeCache(string folder, long most, TimeProvider time)
    {
        Make(folder);
        _scratch = Make(Path.Combine(folder, "tmp"));
        Blobs = new BlobStore(Make(Path.Combine(folder, "blobs")), _scratch, time);
        _programs = new ProgramFolders(Make(Path.Combine(folder, "programs")), _scratch, Blobs, time);
        _room = new CacheRoom(folder, most, time);
    }

    public BlobStore Blobs { get; }

    /// <summary>The one that the environment names, or the user's.</summary>
    /// <exception cref="CodeException">It cannot be used.</exception>
    public static CodeCache Open(Func<string, string?> environment)
    {
        var folder = environment(Variable) is { Length: > 0 } named ? Path.GetFullPath(named)
            : Path.Combine(environment("XDG_CACHE_HOME") is { Length: > 0 } home ? home
                : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 1 } user && Directory.Exists(user) ? Path.Combine(user, ".cache") : Path.Combine(Path.GetTempPath(), $"cache-{Environment.UserName}"), "flame");
        var most = environment(SizeVariable) is not { Length: > 0 } text ? DefaultMiB
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var mib) && mib > 0 ? mib
            : throw new CodeException($"FLM2116: {SizeVariable} is '{text}', and a whole number of MiB is wanted.");
        try
        {
            return new CodeCache(folder, most * MiB, TimeProvider.System);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CodeException($"FLM2116: the cache {folder} cannot be used: {e.Message}. Have {Variable} name a folder that only this user can write to.", e);
        }
    }

    /// <summary>The folder of a program that is laid out already; held until this process, or what it becomes, ends.</summary>
    public string? Find(CodeManifest manifest) => _programs.Find(manifest);

    /// <summary>Lays a program out whose contents are all here.</summary>
    public string LayOut(CodeManifest manifest)
    {
        var folder = _programs.LayOut(manifest);
        _room.Make();
        return folder;
    }

    /// <summary>Lets go of the program that is held.</summary>
    public void Dispose() => _programs.Dispose();

    private static string Make(string folder)
    {
        SocketDirectory.Make(folder);

        // Who could write here could have every executor of this machine run what he likes.
        SocketDirectory.Check(folder);
        return folder;
    }
}
