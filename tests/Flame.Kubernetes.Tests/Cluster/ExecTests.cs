using Flame.Backends;
using Flame.Control;
using Flame.Doubles;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flame.Kubernetes.Tests.Cluster;

/// <summary>What the flame tool asks of a cluster: a program in an executor's pod, and a look at rights and pods while all runs.</summary>
public sealed class ExecTests : ClusterTests
{
    [Fact]
    public async Task Program_runs_in_an_executors_pod_and_its_exit_code_comes_back()
    {
        await using var pools = await AsPodAsync();
        await Deeds.ProcessAsync().Patiently();
        var (exit, output, error) = await RunAsync(pools, "/bin/sh", "-c", "printf 'täst'; echo oops >&2; exit 7");
        Assert.Equal(7, exit);
        Assert.Equal("täst", output);
        Assert.Equal("oops\n", error);
        Assert.Equal((0, "", ""), await RunAsync(pools, "/bin/true"));
        Assert.Contains("could not be run", (await Assert.ThrowsAsync<ControlException>(() => RunAsync(pools, "/no/such/program"))).Message);
    }

    [Fact]
    public async Task Missing_right_to_run_programs_is_said_with_the_rule_to_add()
    {
        Cluster.Rights = new AccessRights { Namespace = "apps" }.Allow("", "pods", "create", "get", "list", "watch", "patch", "delete").Allow("", "secrets", "create");
        await using var pools = await AsPodAsync();
        await Deeds.ProcessAsync().Patiently();
        var refused = await Assert.ThrowsAsync<ControlException>(() => RunAsync(pools, "/bin/true"));
        Assert.Equal("FLM5009", refused.Id);
        Assert.Contains("pods/exec", refused.Message);
    }

    [Fact]
    public async Task Check_of_an_open_cluster_sees_a_right_that_was_taken_away()
    {
        await using var pools = await AsPodAsync();
        Assert.Empty(await CheckAsync(pools));
        Cluster.Rights = new AccessRights { Namespace = "apps" }.Allow("", "pods", "get", "list", "watch", "patch", "delete").Allow("", "secrets", "create");
        Assert.StartsWith("FLM1132", Assert.Single(await CheckAsync(pools)));
        Cluster.Rights = null;
    }

    private static async Task<string[]> CheckAsync(FlamePools pools)
    {
        var pool = pools["main"];
        var opening = new BackendOpening([new BackendPool(pool.Name, pool.Options)], "0000000000000000", NullLoggerFactory.Instance, TimeProvider.System);
        await pool.Backend.CheckAsync(opening, Ct).Patiently();
        return opening.Problems;
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(FlamePools pools, params string[] words)
    {
        using var printed = new Printed();
        var exit = await pools["main"].MachineOf("main/1")!.RunAsync(words, printed.TakeAsync, Ct).Patiently();
        return (exit, printed.Output, printed.Error);
    }
}
