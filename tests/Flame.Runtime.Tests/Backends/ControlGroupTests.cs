using Flame.Backends;
using Xunit;

namespace Flame.Tests.Backends;

public sealed class ControlGroupTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("flame-groups").FullName;

    [Fact]
    public void Use_of_version_2_is_without_the_files_that_are_merely_kept()
    {
        Write("app/memory.events", "oom_kill 0\n");
        Write("app/memory.max", "1000\n");
        Write("app/memory.current", "900\n");
        Write("app/memory.stat", "anon 500\ninactive_file 300\nactive_file 100\n");
        Assert.Equal((600L, 1000L), Memory("0::/app"));
    }

    [Fact]
    public void Limit_is_that_of_the_nearest_group_that_has_one()
    {
        Write("slice/pod/app/memory.events", "");
        Write("slice/pod/app/memory.max", "max\n");
        Write("slice/pod/app/memory.current", "10\n");
        Write("slice/pod/memory.max", "2000\n");
        Write("slice/pod/memory.current", "1500\n");
        Write("slice/memory.max", "1600\n");
        Write("slice/memory.current", "1550\n");
        Assert.Equal((1500L, 2000L), Memory("0::/slice/pod/app"));
    }

    [Fact]
    public void Group_of_version_1_has_other_files()
    {
        Write("memory/app/memory.oom_control", "oom_kill 3\n");
        Write("memory/app/memory.limit_in_bytes", "1000\n");
        Write("memory/app/memory.usage_in_bytes", "950\n");
        Write("memory/app/memory.stat", "cache 1\ntotal_inactive_file 50\n");
        Assert.Equal((900L, 1000L), Memory("9:cpu:/", "4:memory:/app", "0::/"));
        Assert.Equal(Path.Combine(_root, "memory/app/memory.oom_control"), Find("4:memory:/app")!.KillsFile);
    }

    [Fact]
    public void Container_whose_path_is_the_hosts_finds_its_group_at_the_root()
    {
        Write("memory.events", "oom_kill 1\n");
        Write("memory.max", "1000\n");
        Write("memory.current", "10\n");
        Assert.Equal((10L, 1000L), Memory("0::/kubepods/pod1/abc"));
        Assert.Equal(_root, Find("0::/kubepods/pod1/abc")!.Folder);
    }

    [Fact]
    public void Groups_without_a_limit_say_so()
    {
        Write("memory/app/memory.oom_control", "");
        Write("memory/app/memory.limit_in_bytes", "9223372036854771712\n");
        Write("memory/app/memory.usage_in_bytes", "950\n");
        Assert.Null(Find("4:memory:/app")!.Memory());
        Assert.Null(Find("9:cpu:/"));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private ControlGroup? Find(params string[] lines) => ControlGroup.Find(lines, _root);

    private (long Used, long Limit) Memory(params string[] lines)
    {
        var use = Find(lines)!.Memory()!.Value;
        return (use.Used, use.Limit);
    }

    private void Write(string file, string text)
    {
        var path = Path.Combine(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
