using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Flame.Links;

/// <summary>
/// The directory of one Unix domain socket: only this user may enter it, which guards the socket on every system,
/// also on those that ignore a socket file's own mode.
/// </summary>
internal sealed class SocketDirectory
{
    private const string Prefix = "flame-";
    private const string SocketName = "link.sock";
    internal const string ShortTemp = "/tmp";

    // The smallest limit of the supported systems: 104 bytes with the final zero, on macOS.
    private const int MaxPathBytes = 103;

    // The system tells the beginning of a process a little differently each time.
    private static readonly TimeSpan s_sameTime = TimeSpan.FromSeconds(2);

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Others = (UnixFileMode)0b111_111;

    private SocketDirectory(string path) => DirectoryPath = path;

    public string DirectoryPath { get; }

    public string SocketPath => Path.Combine(DirectoryPath, SocketName);

    /// <summary>Whose it is, by its name.</summary>
    public int? Process => ProcessOf(Path.GetFileName(DirectoryPath));

    public static bool Fits(string path) => Encoding.UTF8.GetByteCount(path) <= MaxPathBytes;

    /// <summary>Whether a path says where it leads: from the root on, and never back.</summary>
    public static bool IsPlain(string path) =>
        Path.IsPathFullyQualified(path) && !path.Contains('\0', StringComparison.Ordinal)
        && !$"{path}/".Replace('\\', '/').Contains("/../", StringComparison.Ordinal);

    public static SocketDirectory Create() => Create(Path.GetTempPath());

    internal static SocketDirectory Create(string temp, string? name = null)
    {
        name ??= string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");

        // What the environment says may be relative, and executors take nothing but the plain path.
        var directory = new SocketDirectory(Path.Combine(Path.GetFullPath(temp), name));
        if (!Fits(directory.SocketPath) && !OperatingSystem.IsWindows())
            directory = new SocketDirectory(Path.Combine(ShortTemp, name));

        Make(directory.DirectoryPath);

        // One that was there already is taken without a word, whosever it is.
        Check(directory.DirectoryPath);
        return directory;
    }

    /// <summary>Makes a directory that only this user may enter, with that mode from the first moment on. One that was there already stays as it is.</summary>
    public static void Make(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly);
    }

    /// <summary>Makes sure that nobody else has a hand in a directory, before it is used: the parent's own, or the one that an executor was told.</summary>
    /// <exception cref="IOException">Somebody may have (FLM1008).</exception>
    public static void Check(string path)
    {
        if (Doubt(path) is { } doubt)
            throw new IOException($"FLM1008: the directory of the link's socket, {path}, {doubt}. Remove it, or have TMPDIR name a directory that only this user can write to.");
    }

    /// <summary>Why somebody else may have a hand in a directory; <see langword="null"/>: nobody has.</summary>
    internal static string? Doubt(string path)
    {
        if (PathOwner.Of(path) is { } owner)
        {
            return !owner.IsDirectory ? "is no directory itself, but a link or a file"
                : !owner.IsThisUser ? string.Create(CultureInfo.InvariantCulture, $"belongs to another user ({owner.User})")
                : OpenTo((UnixFileMode)owner.Mode);
        }

        var folder = new DirectoryInfo(path);
        if (OperatingSystem.IsWindows() || !folder.Exists) return null;
        return folder.LinkTarget is not null ? "is no directory itself, but a link" : OpenTo(folder.UnixFileMode);

        static string? OpenTo(UnixFileMode mode) => (mode & Others) == 0 ? null : $"is open to others than its owner (mode {Convert.ToString((int)mode, 8)})";
    }

    public void Delete()
    {
        try
        {
            // Never recursive: nothing else belongs here, and what else is here is not ours to delete.
            File.Delete(SocketPath);
            Directory.Delete(DirectoryPath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next start sweeps it.
        }
    }

    /// <summary>Deletes what killed parents left.</summary>
    public static void SweepStale()
    {
        foreach (var folder in Stale()) folder.Delete();
    }

    /// <summary>What killed parents left.</summary>
    public static IEnumerable<SocketDirectory> Stale()
    {
        var stale = Stale(Path.GetTempPath());
        return OperatingSystem.IsWindows() || Path.GetFullPath(Path.GetTempPath()).TrimEnd('/') == ShortTemp ? stale : stale.Concat(Stale(ShortTemp));
    }

    internal static void SweepStale(string temp)
    {
        foreach (var folder in Stale(temp)) folder.Delete();
    }

    private static List<SocketDirectory> Stale(string temp)
    {
        var stale = new List<SocketDirectory>();
        try
        {
            foreach (var folder in new DirectoryInfo(temp).EnumerateDirectories(Prefix + "*"))
            {
                if (IsStale(folder)) stale.Add(new SocketDirectory(folder.FullName));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Tidying must not fail a start.
        }

        return stale;
    }

    private static int? ProcessOf(string name) =>
        name.Split('-') is [_, var number, _] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;

    private static bool IsStale(DirectoryInfo folder)
    {
        if (ProcessOf(folder.Name) is not { } pid
            || !CanOnlyBeOurs(folder.FullName)
            || MayOwn(pid, folder.CreationTimeUtc))
            return false;

        // Containers can share the directory and not the process numbers, so the last word has the socket itself.
        var path = Path.Combine(folder.FullName, SocketName);
        return Fits(path) && !IsListening(path);
    }

    // Who owns a directory can put a link in its place between a look at it and its removal. Most users could remove nothing
    // of others then, but root could: it sweeps only where the system says whose it is.
    private static bool CanOnlyBeOurs(string path) =>
        Doubt(path) is null && (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess || PathOwner.Of(path) is not null);

    /// <summary>Whether a living process of this number may have made what was made then: numbers are used again.</summary>
    internal static bool MayOwn(int pid, DateTime madeAt)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(pid);
            return process.StartTime.ToUniversalTime() <= madeAt + s_sameTime;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return false;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Somebody else's, who does not tell when it began.
            return true;
        }
    }

    internal static bool IsListening(string path)
    {
        using var socket = SocketCarrier.Create(AddressFamily.Unix);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode is not (SocketError.ConnectionRefused or SocketError.AddressNotAvailable);
        }
    }
}
