using Flame.Backends;
using Flame.Control;
using Flame.Doubles;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flame.Fly.Tests.Pools;

/// <summary>What the flame tool asks of Fly: a program in an executor's machine, and a look at the token while all runs.</summary>
public sealed class ExecTests
{
    [Fact]
    public async Task Program_runs_in_an_executors_machine_and_its_exit_code_comes_back()
    {
        await using var cloud = await Cloud.StartAsync();
        await using var pools = await FlyPools.StartAsync(cloud);
        await Work.ProcessAsync();
        Assert.Equal((7, "hi\n", "oops\n"), await RunAsync(pools, "/bin/sh", "-c", "echo hi; echo oops >&2; exit 7"));
        var refused = await Assert.ThrowsAsync<ControlException>(() => RunAsync(pools, "/no/such/program"));
        Assert.Equal("FLM5009", refused.Id);
        Assert.Contains("/no/such/program", refused.Message);
    }

    [Fact]
    public async Task Check_of_an_open_backend_says_what_the_token_may()
    {
        await using var cloud = await Cloud.StartAsync();
        await using var pools = await FlyPools.StartAsync(cloud);
        var pool = pools["main"];
        var opening = new BackendOpening([new BackendPool(pool.Name, pool.Options)], "0000000000000000", NullLoggerFactory.Instance, TimeProvider.System);
        Assert.Contains(cloud.App, await pool.Backend.CheckAsync(opening, Cloud.Patience));
        Assert.Empty(opening.Problems);
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(FlamePools pools, params string[] words)
    {
        using var printed = new Printed();
        var exit = await pools["main"].MachineOf("main/1")!.RunAsync(words, printed.TakeAsync, Cloud.Patience);
        return (exit, printed.Output, printed.Error);
    }
}
