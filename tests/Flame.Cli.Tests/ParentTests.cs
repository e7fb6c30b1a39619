using System.Globalization;
using Flame.Cli.Tests.Running;

namespace Flame.Cli.Tests;

/// <summary>Which parent is asked, and what is said where there is none, or a dead one.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ParentTests : IAsyncDisposable
{
    private readonly Machine _machine = new();

    public ValueTask DisposeAsync() => _machine.DisposeAsync();

    [Fact]
    public async Task Without_a_parent_each_verb_that_needs_one_says_so()
    {
        foreach (var verb in new[] { "ps", "top", "logs", "calls ls", "calls show 1", "calls cancel 1", "pool show", "pool set gpu Max=2", "pool drain gpu", "exec gpu/1 -- true", "cost" })
        {
            var result = await _machine.FlameAsync(verb.Split(' '));
            Assert.True(result.Exit == ExitCodes.NoParent, $"{verb}: {result}");
            Assert.StartsWith("FLM5002", result.Error);
        }

        var asObject = await _machine.FlameAsync("calls", "ls", "--json");
        Assert.Equal("FLM5002", asObject.Objects.Single().GetProperty("error").GetProperty("id").GetString());
        Assert.Empty(asObject.Error);
    }

    [Fact]
    public async Task Doctor_without_a_parent_looks_at_the_machine()
    {
        var result = await _machine.FlameAsync("doctor");
        Assert.True(result.Exit is ExitCodes.Fine or ExitCodes.Problems, result.ToString());
        Assert.Contains(result.Cells, static row => row is ["warning", "this machine", "parent", ..]);
        Assert.Contains(await _machine.ObjectsAsync("doctor"), static o => o.GetProperty("finding").GetProperty("check").GetString() == "temp");
    }

    [Fact]
    public async Task Of_several_parents_one_must_be_named()
    {
        var (one, two) = (await _machine.StartAsync(), await _machine.StartAsync());
        var which = await _machine.FlameAsync("calls", "ls");
        Assert.Equal(ExitCodes.NoParent, which.Exit);
        Assert.StartsWith("FLM5003", which.Error);
        Assert.Contains(Text(one.Id), which.Error);
        Assert.Contains(Text(two.Id), which.Error);

        Assert.Equal(ExitCodes.Fine, (await _machine.FlameAsync("calls", "ls", "--parent", Text(one.Id))).Exit);
        Assert.Equal(ExitCodes.NoParent, (await _machine.FlameAsync("calls", "ls", "--parent", "1")).Exit);
        Assert.Equal(2, (await _machine.ObjectsAsync("ps")).Length);
        Assert.Equal(two.Id, Assert.Single(await _machine.ObjectsAsync("ps", "--parent", Text(two.Id))).GetProperty("process").GetProperty("process").GetInt32());

        static string Text(int id) => id.ToString(CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Parent_that_stands_still_hides_no_other()
    {
        var (still, other) = (await _machine.StartAsync(), await _machine.StartAsync());
        await _machine.RunAsync("/bin/kill", "-STOP", still.Id.ToString(CultureInfo.InvariantCulture));
        try
        {
            var result = await _machine.FlameAsync("ps");
            Assert.Contains(result.Cells, row => row[0] == other.Id.ToString(CultureInfo.InvariantCulture));
            Assert.Contains($"process {still.Id}", result.Error);
        }
        finally
        {
            await _machine.RunAsync("/bin/kill", "-CONT", still.Id.ToString(CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task What_a_killed_parent_left_is_not_taken_for_one_and_is_swept()
    {
        var killed = await _machine.StartAsync();
        await killed.KillAsync();
        var socket = Assert.Single(Directory.GetFiles(_machine.Sockets));
        Assert.Equal(ExitCodes.NoParent, (await _machine.FlameAsync("ps")).Exit);

        var dry = await _machine.FlameAsync("sweep", "--dry-run");
        Assert.Contains(dry.Cells, row => row is ["control socket", _, var path, "no, a dry run"] && path == socket);
        Assert.True(File.Exists(socket));
        Assert.Contains(await _machine.ObjectsAsync("sweep"), o => o.GetProperty("leftover").GetProperty("path").GetString() == socket && o.GetProperty("leftover").GetProperty("removed").GetBoolean());
        Assert.Empty(Directory.GetFiles(_machine.Sockets));
    }

    [Fact]
    public async Task Parent_that_ends_takes_its_socket_along_and_those_of_killed_ones()
    {
        var (killed, ends, stays) = (await _machine.StartAsync(), await _machine.StartAsync(), await _machine.StartAsync());
        await killed.KillAsync();
        Assert.Equal(3, Directory.GetFiles(_machine.Sockets).Length);
        ends.Input.Close();
        Assert.Equal(0, await ends.EndAsync());
        Assert.StartsWith($"{stays.Id}-", Path.GetFileName(Assert.Single(Directory.GetFiles(_machine.Sockets))));
    }

    [Fact]
    public async Task Parent_whose_directory_was_tidied_away_ends_as_if_nothing_had_happened()
    {
        var parent = await _machine.StartAsync();
        Directory.Delete(_machine.Sockets, recursive: true);
        parent.Input.Close();
        Assert.Equal(0, await parent.EndAsync());
    }

    [Fact]
    public async Task Only_its_user_may_enter_the_directory_of_the_sockets()
    {
        await _machine.StartAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_machine.Sockets));
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/setpriv")) Assert.Skip("only root can become another user, with setpriv");

        // Even where both directories let him.
        File.SetUnixFileMode(_machine.Folder, (UnixFileMode)0b111_101_101);
        var outside = await AsNobodyAsync("/usr/bin/test", "-x", _machine.Sockets);
        Assert.NotEqual(0, outside.Exit);
        Assert.Equal(0, (await AsNobodyAsync("/usr/bin/test", "-x", _machine.Folder)).Exit);
    }

    [Fact]
    public async Task Another_user_who_reaches_the_socket_all_the_same_is_not_answered()
    {
        await _machine.StartAsync();
        var socket = Assert.Single(Directory.GetFiles(_machine.Sockets));
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/setpriv") || !File.Exists("/usr/bin/perl")) Assert.Skip("only root can become another user, with setpriv; perl asks");
        foreach (var path in new[] { _machine.Folder, _machine.Sockets }) File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(socket, (UnixFileMode)0b111_111_111);
        string[] ask = ["/usr/bin/perl", "-MIO::Socket::UNIX", "-e", $"$s = IO::Socket::UNIX->new(Peer => '{socket}') or die; print $s \"{{\\\"command\\\":\\\"status\\\"}}\\n\"; $s->flush; print <$s> // 'nothing'"];
        Assert.Contains("\"process\"", (await _machine.RunAsync(ask[0], ask[1..])).Output);
        Assert.Equal("nothing", (await AsNobodyAsync(ask)).Output);
    }

    [Fact]
    public async Task Program_that_cannot_listen_starts_all_the_same_and_says_so()
    {
        Directory.CreateDirectory(_machine.Sockets);
        File.SetUnixFileMode(_machine.Sockets, (UnixFileMode)0b111_111_111);
        var parent = await _machine.StartUnseenAsync();
        await parent.Input.WriteLineAsync("add 2 2");
        await parent.NextAsync("sum 4");
        await Patience.UntilAsync(() => parent.Output.Contains("FLM3045", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(_machine.Sockets));
        parent.Input.Close();
        Assert.Equal(0, await parent.EndAsync());
    }

    [Fact]
    public async Task Parent_is_found_in_the_users_own_runtime_directory()
    {
        (string, string?)[] environment = [("FLAME_CONTROL_DIRECTORY", null), ("XDG_RUNTIME_DIR", _machine.Folder)];
        await using var parent = new Child(Environment.ProcessPath!, ["parent"], environment);
        await Patience.UntilAsync(() => Directory.Exists(_machine.Sockets) && Directory.GetFiles(_machine.Sockets, $"{parent.Id}-*").Length == 1);
        await using var tool = new Child(Machine.Tool, ["ps", "--parent", parent.Id.ToString(CultureInfo.InvariantCulture)], environment);
        Assert.Equal(ExitCodes.Fine, await tool.EndAsync());
        Assert.Contains("gpu", tool.Output);
    }

    [Fact]
    public async Task Program_that_is_not_to_be_seen_has_no_socket()
    {
        await _machine.StartUnseenAsync("unseen");

        // By the time that a later one listens, it would.
        var seen = await _machine.StartAsync();
        Assert.StartsWith($"{seen.Id}-", Path.GetFileName(Assert.Single(Directory.GetFiles(_machine.Sockets))));
    }

    [Fact]
    public async Task Executors_listen_nowhere()
    {
        var parent = await _machine.StartAsync();
        await parent.Input.WriteLineAsync("add 2 2");
        await parent.NextAsync("sum 4");

        // By the time that a later one listens, they would.
        await _machine.StartAsync();
        Assert.Equal(2, Directory.GetFiles(_machine.Sockets).Length);
    }

    private Task<ToolResult> AsNobodyAsync(params string[] command) => _machine.RunAsync("/usr/bin/setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", .. command]);
}
