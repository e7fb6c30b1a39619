using Flame.Images.Tests;

[assembly: AssemblyFixture(typeof(DebianRoot))]

namespace Flame.Images.Tests;

/// <summary>A root file system of Debian's essential packages and OpenSSL, without which .NET hashes nothing; made once, when the first test wants it.</summary>
public sealed class DebianRoot : IAsyncDisposable
{
    private const string Debootstrap = "/usr/sbin/debootstrap";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("flame-debian-");
    private readonly Lazy<Task<string>> _made;

    public DebianRoot() => _made = new Lazy<Task<string>>(MakeAsync);

#pragma warning disable CA1822 // What a test asks of what it was given.
    internal void SkipUnlessPossible()
#pragma warning restore CA1822
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "To make a root file system and mount it read-only takes root.");
        Assert.SkipUnless(File.Exists(Debootstrap), "debootstrap was not found: apt-get install debootstrap");
    }

    /// <summary>A copy with the folder of one program more.</summary>
    internal async Task<BareDebian> WithAsync(string layer)
    {
        var debian = new BareDebian();
        try
        {
            await debian.CopyAsync(await _made.Value);
            await debian.CopyAsync(layer);
            return debian;
        }
        catch
        {
            await debian.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<string> MakeAsync()
    {
        var root = Path.Combine(_folder.FullName, "root");
        await Dotnet.RunAsync("/", Debootstrap, ["--variant=minbase", "--include=libssl3", "bookworm", root, "http://deb.debian.org/debian"]);
        return root;
    }
}
