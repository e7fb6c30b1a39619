namespace Flame.Doubles.Tests;

public sealed class NodeFaultTests
{
    [Fact]
    public async Task Out_of_memory_is_exit_code_137_with_its_reason()
    {
        await using var test = await RunningAsync();
        test.Cluster.Faults.RunOutOfMemory("p");
        var ended = (await test.EndedAsync("p")).Items("status", "containerStatuses").Single().Find("state", "terminated");
        Assert.Equal(("OOMKilled", 137L), (ended.Text("reason"), ended.Number("exitCode")));
    }

    [Fact]
    public async Task An_evicted_pod_has_failed_and_stays()
    {
        await using var test = await RunningAsync();
        var process = test.Cluster.Process("p")!;
        test.Cluster.Faults.Evict("p");
        var pod = await test.EndedAsync("p");
        Assert.Equal(("Failed", "Evicted"), (pod.Text("status", "phase"), pod.Text("status", "reason")));
        Assert.StartsWith("The node was low on resource: memory. ", pod.Text("status", "message"), StringComparison.Ordinal);
        Assert.Equal("TerminationByKubelet", Condition(pod, "DisruptionTarget").Text("reason"));
        await process.Exited.WaitAsync(test.Ct);
        Assert.NotNull(test.Cluster.Pod("p"));
    }

    [Fact]
    public async Task A_preempted_pod_is_asked_to_go()
    {
        await using var test = await RunningAsync();
        test.Cluster.Faults.Preempt("p");
        var pod = await test.Cluster.PodAsync("p", p => p.Text("metadata", "deletionTimestamp") is not null, test.Ct);
        Assert.Equal("PreemptionByScheduler", Condition(pod, "DisruptionTarget").Text("reason"));
        await test.Cluster.PodGoneAsync("p", test.Ct);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lost_node_leaves_its_pods_running_for_all_that_the_API_knows(bool kill)
    {
        await using var test = await RunningAsync();
        var process = test.Cluster.Process("p")!;
        test.Cluster.Faults.LoseNode(kill: kill);
        var pod = await test.Cluster.PodAsync("p", p => Condition(p, "Ready").Text("status") == "False", test.Ct);
        Assert.Equal("Running", pod.Text("status", "phase"));
        var node = Assert.Single(test.Cluster.Objects(ResourceKind.Nodes));
        Assert.Equal(("Unknown", "NodeStatusUnknown"), (Condition(node, "Ready").Text("status"), Condition(node, "Ready").Text("reason")));

        test.Cluster.Faults.GiveUpNode();
        pod = await test.Cluster.PodAsync("p", p => p.Text("status", "reason") == "NodeLost" && p.Text("metadata", "deletionTimestamp") is not null, test.Ct);
        Assert.Equal("Node node-1 which was running pod p is unresponsive", pod.Text("status", "message"));
        Assert.Equal(kill, kill && await process.Exited.WaitAsync(test.Ct) == 137);

        test.Cluster.Faults.ReturnNode();
        await test.Cluster.PodGoneAsync("p", test.Ct);
        await process.Exited.WaitAsync(test.Ct);
    }

    [Fact]
    public async Task A_removed_node_takes_its_pods_along()
    {
        await using var test = await RunningAsync();
        test.Cluster.Faults.LoseNode(kill: true);
        test.Cluster.Faults.RemoveNode();
        Assert.Null(test.Cluster.Pod("p"));
    }

    [Fact]
    public async Task A_boot_can_be_held_up_and_ended_meanwhile()
    {
        await using var test = await TestCluster.StartAsync();
        using (test.Cluster.Faults.HoldBoots())
        {
            await test.CreateAsync("pods", TestCluster.PodOf("p"));
            await test.CreateAsync("pods", TestCluster.PodOf("q"));
            await test.Cluster.PodAsync("p", p => p.Items("status", "containerStatuses").Any(c => c.Text("state", "waiting", "reason") == "ContainerCreating"), test.Ct);
            await test.DeleteAsync("pods", "q");
            await test.Cluster.PodGoneAsync("q", test.Ct);
        }

        await test.RunningAsync("p");
    }

    [Fact]
    public async Task A_pull_that_fails_for_a_while_succeeds_later()
    {
        await using var test = await TestCluster.StartAsync();
        using (test.Cluster.Faults.FailPulls(TestCluster.Sleeper, "rpc error: code = Unknown desc = i/o timeout"))
        {
            await test.CreateAsync("pods", TestCluster.PodOf("p"));
            await test.Cluster.PodAsync("p", p => p.Items("status", "containerStatuses").Any(c => c.Text("state", "waiting", "reason") == "ImagePullBackOff"), test.Ct);
        }

        await test.RunningAsync("p");
    }

    private static async Task<TestCluster> RunningAsync()
    {
        var test = await TestCluster.StartAsync();
        await test.CreateAsync("pods", TestCluster.PodOf("p"));
        await test.RunningAsync("p");
        return test;
    }

    private static JsonObject? Condition(JsonObject o, string type) => o.Items("status", "conditions").SingleOrDefault(c => c.Text("type") == type);
}
