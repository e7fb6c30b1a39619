using System.Globalization;

namespace Flame.Images.Tests;

/// <summary>A Debian with one program more, and nothing of .NET but what is put there.</summary>
internal sealed class BareDebian : IAsyncDisposable
{
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

    /// <summary>Where other files of a test can be.</summary>
    public string Folder => _folder.FullName;

    private string Root => Path.Combine(Folder, "root");

    public static int UserOf(int process) => int.Parse(
        File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1], CultureInfo.InvariantCulture);

    /// <summary>Puts what is in a folder over what is there.</summary>
    public Task CopyAsync(string from, string to = "")
    {
        var target = Directory.CreateDirectory(Path.Combine(Root, to)).FullName;
        return Dotnet.RunAsync("/", "cp", ["-a", $"{from}/.", target]);
    }

    /// <summary>The runtime and its frameworks, as an image has them that programs are put on.</summary>
    public async Task AddDotnetAsync(string dotnet)
    {
        foreach (var part in new[] { "host", "shared" }) await CopyAsync(Path.Combine(dotnet, part), $"usr/share/dotnet/{part}");
        await Dotnet.RunAsync("/", "cp", ["-a", Path.Combine(dotnet, "dotnet"), Path.Combine(Root, "usr/share/dotnet/dotnet")]);
        await Dotnet.RunAsync(Root, "ln", ["-s", "/usr/share/dotnet/dotnet", "usr/bin/dotnet"]);
    }

    /// <summary>What runs a program of it.</summary>
    public string[] Command(string program, params string[] arguments) =>
        ["unshare", "--mount", "--propagation", "private", "sh", "-c", InReadOnlyRoot, Root, program, .. arguments];

    public SampleProcess Start(string program, params string[] arguments) =>
        new("/", Command(program, arguments)[0], Command(program, arguments)[1..], ("PATH", Environment.GetEnvironmentVariable("PATH") ?? ""));

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
