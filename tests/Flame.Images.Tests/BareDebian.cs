using System.Globalization;

namespace Flame.Images.Tests;

/// <summary>
/// A root file system of Debian 13's essential packages and OpenSSL, without which .NET hashes nothing; made once, by the first test that asks for it.
/// Programs come into it by mounts that go with them.
/// </summary>
public sealed class BareDebian : IAsyncLifetime
{
    /// <summary>Nobody that Debian knows: as in a container, there is no such user and no home.</summary>
    public const int User = 1654;

    private const string Debootstrap = "/usr/sbin/debootstrap";

    // In mounts of its own, which go with it. A read-only root, as a cluster mounts it: what can be written is /tmp, and what is said to be.
    private const string InReadOnlyRoot = """
        set -e
        mount --bind "$0" "$0"
        mount --rbind /dev "$0/dev"
        mount -t proc proc "$0/proc"
        mount -t tmpfs -o mode=1777,size=64m tmpfs "$0/tmp"
        while [ "$1" != -- ]; do
            mount --bind "$1" "$0$2"
            [ "$3" = rw ] || mount -o remount,bind,ro "$0$2"
            shift 3
        done
        shift
        mount -o remount,bind,ro "$0"
        if touch "$0/written" 2>/dev/null; then echo "the root can be written to" >&2; exit 1; fi
        exec env -u DOTNET_ROOT -u TMPDIR -u HOME chroot --userspec=1654:1654 "$0" "$@"
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("flame-debian-");
    private readonly Lazy<Task> _made;

    public BareDebian() => _made = new(() => Dotnet.RunAsync("/", Debootstrap, ["--variant=minbase", "--include=libssl3t64", "trixie", Root, "http://deb.debian.org/debian"]));

    private string Root => Path.Combine(_folder.FullName, "root");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    internal static void SkipWhereItCannotBeMade()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "To make a root file system and mount it read-only takes root.");
        Assert.SkipUnless(File.Exists(Debootstrap), "debootstrap was not found: apt-get install debootstrap");
    }

    internal static int UserOf(int process) => int.Parse(
        File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1], CultureInfo.InvariantCulture);

    internal async Task<SampleProcess> StartAsync(Mount[] mounts, string program, params string[] arguments)
    {
        var command = await CommandAsync(mounts, program, arguments);
        return new("/", command[0], command[1..], ("PATH", Environment.GetEnvironmentVariable("PATH") ?? ""));
    }

    /// <summary>What runs a program in it.</summary>
    internal async Task<string[]> CommandAsync(Mount[] mounts, string program, params string[] arguments)
    {
        await _made.Value;
        foreach (var mount in mounts) Directory.CreateDirectory(Root + mount.To);
        string[] mounted = [.. mounts.SelectMany(mount => new[] { mount.From, mount.To, mount.IsWritable ? "rw" : "ro" })];
        return ["unshare", "--mount", "--propagation", "private", "sh", "-c", InReadOnlyRoot, Root, .. mounted, "--", program, .. arguments];
    }

    /// <summary>A folder of this machine, and where it is in there.</summary>
    internal sealed record Mount(string From, string To, bool IsWritable = false);
}
