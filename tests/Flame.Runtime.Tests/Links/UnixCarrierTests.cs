using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using Flame.Links;
using Xunit;

namespace Flame.Tests.Links;

[UnsupportedOSPlatform("windows")]
public sealed class UnixCarrierTests : DiallingCarrierTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private protected override LinkCarrier Carrier { get; } = new SocketCarrier();

    [Fact]
    public async Task Only_this_user_can_enter_its_directory()
    {
        await using var listener = await Carrier.ListenAsync(CancellationToken.None);

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Folder(listener)));
    }

    [Fact]
    public async Task Nothing_is_left_on_disk()
    {
        var listener = await Carrier.ListenAsync(CancellationToken.None);
        Assert.True(Directory.Exists(Folder(listener)));

        await listener.DisposeAsync();

        Assert.False(Directory.Exists(Folder(listener)));
    }

    [Fact]
    public void A_long_temporary_directory_gives_way_to_a_short_one()
    {
        var directory = SocketDirectory.Create("/" + new string('x', 120));
        try
        {
            Assert.True(Encoding.UTF8.GetByteCount(directory.SocketPath) < 104);
            Assert.True(Directory.Exists(directory.DirectoryPath));
        }
        finally
        {
            directory.Delete();
        }
    }

    [Fact]
    public void What_a_killed_parent_left_is_swept_and_nothing_else()
    {
        var temp = Directory.CreateTempSubdirectory("sweep-");
        try
        {
            var dead = DeadProcessId();
            var stale = Leave(temp, $"flame-{dead}-aaaaaaaa", OwnerOnly);
            var alive = Leave(temp, $"flame-{Environment.ProcessId}-aaaaaaaa", OwnerOnly);
            var others = Leave(temp, $"flame-{dead}-bbbbbbbb", OwnerOnly | UnixFileMode.OtherRead);
            var unrelated = Leave(temp, "flame-notes", OwnerOnly);
            var foreign = Leave(temp, $"flame-{dead}-cccccccc", OwnerOnly);
            File.WriteAllText(Path.Combine(foreign, "kept.txt"), "");

            SocketDirectory.SweepStale(temp.FullName);

            Assert.False(Directory.Exists(stale));
            Assert.True(Directory.Exists(alive));
            Assert.True(Directory.Exists(others));
            Assert.True(Directory.Exists(unrelated));
            Assert.True(File.Exists(Path.Combine(foreign, "kept.txt")));
        }
        finally
        {
            temp.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_process_that_began_later_is_not_taken_for_the_owner_of_what_it_shares_the_number_with()
    {
        Assert.True(SocketDirectory.MayOwn(Environment.ProcessId, DateTime.UtcNow));
        Assert.False(SocketDirectory.MayOwn(Environment.ProcessId, DateTime.UtcNow.AddDays(-400)));
        Assert.False(SocketDirectory.MayOwn(DeadProcessId(), DateTime.UtcNow));
    }

    [Fact]
    public void A_socket_that_answers_is_not_swept_whatever_its_number_says()
    {
        var temp = Directory.CreateTempSubdirectory("sweep-");
        try
        {
            var folder = Path.Combine(temp.FullName, $"flame-{DeadProcessId()}-aaaaaaaa");
            Directory.CreateDirectory(folder, OwnerOnly);
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, "link.sock")));
            socket.Listen();

            SocketDirectory.SweepStale(temp.FullName);

            Assert.True(Directory.Exists(folder));
        }
        finally
        {
            temp.Delete(recursive: true);
        }
    }

    private static string Folder(LinkListener listener) => Path.GetDirectoryName(listener.Endpoint["unix:".Length..])!;

    // .NET deletes a socket's file when it closes the socket; a plain file refuses connections as a dead socket does.
    private static string Leave(DirectoryInfo temp, string name, UnixFileMode mode)
    {
        var folder = Path.Combine(temp.FullName, name);
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, mode);
        File.WriteAllText(Path.Combine(folder, "link.sock"), "");
        return folder;
    }

    private static int DeadProcessId()
    {
        using var process = Process.Start("true");
        process.WaitForExit();
        return process.Id;
    }
}
