using System.Globalization;

namespace Flame.Images.Tests;

/// <summary>A root file system of Debian's essential packages and OpenSSL, without which .NET hashes nothing, with a folder of one program more.</summary>
internal sealed class BareDebian : IAsyncDisposable
{
    public const string Debootstrap = "/usr/sbin/debootstrap";

    /// <summary>Nobody that Debian knows: as in a container, there is no such user and no home.</summary>
    public const int User = 1654;

    // In mounts of its own, which go with it. A read-only root, as a cluster mounts it: what can be written is /tmp.
    private const string InReadOnlyRoot = """
        set -e
        mount --bind "$0" "$0"
        mount --rbind /dev "$0/dev"
        mount -t proc proc "$0/proc"
        mount -t tmpfs -o mode=1777,size=64m tmpfs "$0/tmp"
        mount -o remount,bind,ro "$0"
        ! touch "$0/app/written" 2>/dev/null
        exec env -u DOTNET_ROOT -u TMPDIR -u HOME chroot --userspec=1654:1654 "$0" "$@"
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("flame-debian-");

    private BareDebian()
    {
    }

    private string Root => Path.Combine(_folder.FullName, "root");

    public static async Task<BareDebian> MakeAsync(string layer)
    {
        var debian = new BareDebian();
        try
        {
            await Dotnet.RunAsync("/", Debootstrap, ["--variant=minbase", "--include=libssl3", "bookworm", debian.Root, "http://deb.debian.org/debian"]);
            await Dotnet.RunAsync("/", "cp", ["-a", $"{layer}/.", debian.Root]);
            return debian;
        }
        catch
        {
            await debian.DisposeAsync();
            throw;
        }
    }

    public static int UserOf(int process) => int.Parse(
        File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1], CultureInfo.InvariantCulture);

    public SampleProcess Start(string program, params string[] arguments) =>
        new("/", "unshare", ["--mount", "--propagation", "private", "sh", "-c", InReadOnlyRoot, Root, program, .. arguments], ("PATH", Environment.GetEnvironmentVariable("PATH") ?? ""));

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
