using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Flame.Tests.Backends;

public sealed class ParentWatchTests : LocalProcessTests
{
    [Fact]
    public async Task Killed_parent_leaves_nothing_behind()
    {
        // The child is a parent here, with an executor whose thread pool is full and that has a grandchild.
        var start = new ProcessStartInfo(Child, ["parent"]) { RedirectStandardOutput = true };
        using var parent = Process.Start(start)!;
        try
        {
            var line = await parent.StandardOutput.ReadLineAsync().WaitAsync(Patience);
            var ids = line!.Split(' ')[1..].Select(id => int.Parse(id, CultureInfo.InvariantCulture)).ToArray();
            Assert.All(ids, id => Assert.True(IsAlive(id)));

            using (var kill = Process.Start("/bin/kill", ["-9", parent.Id.ToString(CultureInfo.InvariantCulture)]))
                await kill.WaitForExitAsync();

            foreach (var id in ids)
                await GoneAsync(id);
        }
        finally
        {
            parent.Kill();
        }
    }
}
