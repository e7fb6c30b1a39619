using Flame.Fly.Boots;

namespace Flame.Fly.Tests.Pools;

public sealed class CallTests
{
    [Fact]
    public async Task A_call_boots_a_machine_and_runs_there()
    {
        await using var cloud = await Cloud.StartAsync();
        await using (await FlyPools.StartAsync(cloud))
        {
            var process = await Work.ProcessAsync();

            var machine = Assert.Single(cloud.Live);
            Assert.Equal(machine.ProcessId, process);
            Assert.NotEqual(Environment.ProcessId, process);
            Assert.Matches($"^{cloud.App}-flame-[0-9a-f]{{20}}$", machine.Name);
            Assert.Equal("main", machine.Metadata(FlyMarks.Pool));
            Assert.Equal("ams", machine.Region);
            Assert.True((bool?)machine.Config["auto_destroy"]);
            Assert.Equal("no", (string?)machine.Config["restart"]!["policy"]);
        }

        Assert.Empty(cloud.Live);
        Assert.DoesNotContain(cloud.Calls, call => call.Status == 429);
    }
}
