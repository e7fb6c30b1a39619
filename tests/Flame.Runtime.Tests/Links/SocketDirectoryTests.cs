using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Flame.Links;
using Xunit;

namespace Flame.Tests.Links;

/// <summary>The socket's directory is this user's alone, on both ends, and nothing outside of it is ever touched.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SocketDirectoryTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly DirectoryInfo _temp = Directory.CreateTempSubdirectory("door-");

    [Fact]
    public void A_directory_of_this_user_alone_is_used()
    {
        var made = SocketDirectory.Create(_temp.FullName, "flame-1-aaaaaaaa");

        SocketDirectory.Check(made.DirectoryPath);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(made.DirectoryPath));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupExecute)]
    [InlineData(UnixFileMode.OtherExecute)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void One_that_was_there_and_is_open_to_others_is_not_used(UnixFileMode others)
    {
        var folder = Path.Combine(_temp.FullName, "flame-1-aaaaaaaa");
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, OwnerOnly | others);

        var error = Assert.Throws<IOException>(() => SocketDirectory.Create(_temp.FullName, "flame-1-aaaaaaaa"));

        Assert.StartsWith($"FLM1008: the directory of the link's socket, {folder}, is open to others", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_where_it_should_be_is_not_used_wherever_it_leads()
    {
        var elsewhere = _temp.CreateSubdirectory("elsewhere");
        File.SetUnixFileMode(elsewhere.FullName, OwnerOnly);
        Directory.CreateSymbolicLink(Path.Combine(_temp.FullName, "flame-1-aaaaaaaa"), elsewhere.FullName);

        var error = Assert.Throws<IOException>(() => SocketDirectory.Create(_temp.FullName, "flame-1-aaaaaaaa"));

        Assert.Contains("but a link", error.Message, StringComparison.Ordinal);
        Assert.Empty(elsewhere.EnumerateFileSystemInfos());
    }

    [Fact]
    public void One_of_another_user_is_not_used()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux is asked who owns it");
        var theirs = OfAnotherUser("flame-1-aaaaaaaa");

        var error = Assert.Throws<IOException>(() => SocketDirectory.Check(theirs));

        Assert.Contains("belongs to another user", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("open")]
    [InlineData("link")]
    public async Task An_executor_does_not_dial_where_somebody_else_has_a_hand_in(string how)
    {
        var folder = _temp.CreateSubdirectory("flame-1-aaaaaaaa").FullName;
        File.SetUnixFileMode(folder, how == "open" ? OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute : OwnerOnly);
        using var theirs = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        theirs.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, "link.sock")));
        theirs.Listen();
        if (how == "link") folder = Directory.CreateSymbolicLink(Path.Combine(_temp.FullName, "flame-2-aaaaaaaa"), folder).FullName;

        var error = await Assert.ThrowsAsync<IOException>(() => new SocketCarrier().DialAsync($"unix:{folder}/link.sock", null, TestContext.Current.CancellationToken));

        Assert.StartsWith("FLM1008: ", error.Message, StringComparison.Ordinal);
        Assert.False(theirs.Poll(0, SelectMode.SelectRead));
    }

    [Theory]
    [InlineData("unix:link.sock")]
    [InlineData("unix:./link.sock")]
    [InlineData("unix:/tmp/../etc/link.sock")]
    [InlineData("unix:/tmp/..")]
    [InlineData("unix:/tmp/a\0/link.sock")]
    [InlineData("unix:\0abstract")]
    [InlineData("unix:")]
    public async Task A_path_that_does_not_say_where_it_leads_is_not_dialled(string endpoint)
    {
        var error = await Assert.ThrowsAsync<IOException>(() => new SocketCarrier().DialAsync(endpoint, null, TestContext.Current.CancellationToken));

        Assert.Contains("is no endpoint of this host", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_temporary_directory_that_is_named_in_a_roundabout_way_gives_a_plain_path()
    {
        var made = SocketDirectory.Create($"{_temp.FullName}//./x/../", "flame-1-aaaaaaaa");

        Assert.Equal(Path.Combine(_temp.FullName, "flame-1-aaaaaaaa"), made.DirectoryPath);
        Assert.True(SocketDirectory.IsPlain(made.SocketPath));
    }

    [Fact]
    public void The_sweep_follows_no_links()
    {
        var dead = DeadProcessId();
        var victim = _temp.CreateSubdirectory("victim").FullName;
        File.SetUnixFileMode(victim, OwnerOnly);
        var kept = Path.Combine(victim, "link.sock");
        File.WriteAllText(kept, "kept");
        var link = Path.Combine(_temp.FullName, $"flame-{dead}-aaaaaaaa");
        Directory.CreateSymbolicLink(link, victim);
        var stale = _temp.CreateSubdirectory($"flame-{dead}-bbbbbbbb").FullName;
        File.SetUnixFileMode(stale, OwnerOnly);
        File.CreateSymbolicLink(Path.Combine(stale, "link.sock"), kept);

        SocketDirectory.SweepStale(_temp.FullName);

        Assert.Equal("kept", File.ReadAllText(kept));
        Assert.NotNull(new DirectoryInfo(link).LinkTarget);
        Assert.False(Directory.Exists(stale));
    }

    [Fact]
    public void The_sweep_leaves_what_belongs_to_another_user()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "nobody but root can give a directory away, or remove it");
        var theirs = OfAnotherUser($"flame-{DeadProcessId()}-aaaaaaaa");
        File.WriteAllText(Path.Combine(theirs, "link.sock"), "");

        SocketDirectory.SweepStale(_temp.FullName);

        Assert.True(File.Exists(Path.Combine(theirs, "link.sock")));
    }

    public void Dispose() => _temp.Delete(recursive: true);

    private string OfAnotherUser(string name)
    {
        // Who is not root has root's own, which is closed to everybody else.
        if (!Environment.IsPrivilegedProcess) return "/root";
        var folder = _temp.CreateSubdirectory(name).FullName;
        File.SetUnixFileMode(folder, OwnerOnly);
        using var give = Process.Start("chown", ["65534", folder]);
        give.WaitForExit();
        return folder;
    }

    private static int DeadProcessId()
    {
        using var process = Process.Start("true");
        process.WaitForExit();
        return process.Id;
    }
}
