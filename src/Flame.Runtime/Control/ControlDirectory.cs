using System.Globalization;
using System.Security.Cryptography;
using Flame.Links;

namespace Flame.Control;

/// <summary>
/// Where the parents of one user listen for those who look at them: one directory that nobody else may enter, with a socket for each, named by its process.
/// </summary>
internal static class ControlDirectory
{
    /// <summary>Names the directory, where it is to be another one: containers can share it.</summary>
    public const string Variable = "FLAME_CONTROL_DIRECTORY";

    private const string Ending = ".sock";

    /// <summary>Where this process listens.</summary>
    public static string Own() => Candidates().First();

    /// <summary>Wherever a parent of this user may listen: it may have been started with another environment.</summary>
    public static IReadOnlyList<string> All() => [.. Candidates().Distinct()];

    /// <summary>A name for a socket that no other has.</summary>
    public static string NewSocket(string directory) => Path.Combine(
        directory, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}{Ending}"));

    /// <summary>What is in a directory: sockets of parents, and those of dead ones. A directory of anybody else's is not looked at.</summary>
    public static ControlAddress[] In(string directory)
    {
        try
        {
            return !Directory.Exists(directory) || SocketDirectory.Doubt(directory) is not null ? []
                : [.. Directory.EnumerateFiles(directory, "*" + Ending).Select(ControlAddress.Read).OfType<ControlAddress>().OrderBy(static address => address.Name, StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Those whose parents are dead.</summary>
    public static IEnumerable<ControlAddress> Stale() => All().SelectMany(In).Where(static address => address.IsStale());

    /// <summary>Deletes what killed parents left, and the directory behind the last of all; one that was named is not ours to delete.</summary>
    public static void Sweep(string directory)
    {
        foreach (var address in Stale()) address.Delete();
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 }) return;
        try
        {
            Directory.Delete(directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Others are there.
        }
    }

    // A path that is too long for a socket is no place for one.
    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            yield return Path.GetFullPath(named);
            yield break;
        }

        if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime && Path.IsPathFullyQualified(runtime) && MayBeOurs(runtime) && HasRoom(Path.Combine(runtime, "flame")))
            yield return Path.Combine(runtime, "flame");
        var folder = OperatingSystem.IsWindows() ? "flame-control" : string.Create(CultureInfo.InvariantCulture, $"flame-user-{PathOwner.ThisUser}");
        var temp = Path.Combine(Path.GetFullPath(Path.GetTempPath()), folder);
        if (OperatingSystem.IsWindows() || HasRoom(temp)) yield return temp;
        if (!OperatingSystem.IsWindows()) yield return Path.Combine(SocketDirectory.ShortTemp, folder);
    }

    // Whoever becomes another user may keep the first one's environment.
    private static bool MayBeOurs(string runtime) => PathOwner.Of(runtime) is { } owner ? owner is { IsDirectory: true, IsThisUser: true } : !OperatingSystem.IsLinux() && Directory.Exists(runtime);

    private static bool HasRoom(string directory) => SocketDirectory.Fits(Path.Combine(directory, "4194304-12345678" + Ending));
}
