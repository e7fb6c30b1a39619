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
    private const string ShortTemp = "/tmp";

    // The smallest limit of the supported systems: 104 bytes with the final zero, on macOS.
    private const int MaxPathBytes = 103;

    // The system tells the beginning of a process a little differently each time.
    private static readonly TimeSpan s_sameTime = TimeSpan.FromSeconds(2);

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private SocketDirectory(string path) => DirectoryPath = path;

    public string DirectoryPath { get; }

    public string SocketPath => Path.Combine(DirectoryPath, SocketName);

    public static bool Fits(string path) => Encoding.UTF8.GetByteCount(path) <= MaxPathBytes;

    public static SocketDirectory Create() => Create(Path.GetTempPath());

    internal static SocketDirectory Create(string temp)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        var directory = new SocketDirectory(Path.Combine(temp, name));
        if (!Fits(directory.SocketPath) && !OperatingSystem.IsWindows())
            directory = new SocketDirectory(Path.Combine(ShortTemp, name));

        // With the mode from the first moment on, not set afterwards.
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory.DirectoryPath);
        else
            Directory.CreateDirectory(directory.DirectoryPath, OwnerOnly);
        return directory;
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
        SweepStale(Path.GetTempPath());
        if (!OperatingSystem.IsWindows() && Path.GetFullPath(Path.GetTempPath()).TrimEnd('/') != ShortTemp)
            SweepStale(ShortTemp);
    }

    internal static void SweepStale(string temp)
    {
        try
        {
            foreach (var folder in new DirectoryInfo(temp).EnumerateDirectories(Prefix + "*"))
            {
                if (IsStale(folder))
                    new SocketDirectory(folder.FullName).Delete();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Tidying must not fail a start.
        }
    }

    private static bool IsStale(DirectoryInfo folder)
    {
        if (folder.Name.Split('-') is not [_, var number, _]
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            || MayOwn(pid, folder.CreationTimeUtc)
            || folder.LinkTarget is not null
            || (!OperatingSystem.IsWindows() && folder.UnixFileMode != OwnerOnly))
            return false;

        // Containers can share the directory and not the process numbers, so the last word has the socket itself.
        var path = Path.Combine(folder.FullName, SocketName);
        return Fits(path) && !IsListening(path);
    }

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

    private static bool IsListening(string path)
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
