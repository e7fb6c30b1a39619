namespace Flame.Kubernetes.Tests.Cluster;

/// <summary>How a call hears of the end of the pod that it ran in: with the cluster's words, as soon as the cluster has them.</summary>
public sealed class LossTests : ClusterTests
{
    [Fact]
    public async Task A_pod_without_memory_fails_its_call_and_is_replaced()
    {
        var error = await LostAsync(pod => Cluster.Faults.RunOutOfMemory(pod));
        Assert.Matches("^pod flame-main-1-[0-9a-f]{8} out of memory \\(OOMKilled\\)$", error.Reason);
        Assert.Equal(("FLM2004", true, "main/1"), (error.Id, error.MayHaveRun, error.Executor));
    }

    [Fact]
    public async Task An_evicted_pod_fails_its_call_with_the_words_of_its_node() =>
        Assert.Matches("^pod flame-main-1-[0-9a-f]{8} Evicted: The node was low on resource: memory\\. ", (await LostAsync(pod => Cluster.Faults.Evict(pod))).Reason);

    [Fact]
    public async Task A_pod_that_makes_place_for_another_fails_the_call_that_does_not_end_in_time() =>
        Assert.Matches("PreemptionByScheduler: default-scheduler: preempting to accommodate a higher priority pod", (await LostAsync(pod => Cluster.Faults.Preempt(pod))).Reason);

    [Fact]
    public async Task A_signal_from_within_is_named() =>
        Assert.Matches("killed by SIGKILL", (await LostAsync(pod => Cluster.Faults.Signal(pod, Doubles.MachineProcess.SigKill))).Reason);

    [Fact]
    public async Task A_crash_is_reported_with_the_last_words_of_the_runtime()
    {
        await using var pools = await AsPodAsync();
        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => Deeds.CrashAsync("the end of it").Patiently());
        Assert.Matches("^pod flame-main-1-[0-9a-f]{8} killed by SIGABRT .*; last output: .*the end of it", error.Reason);
    }

    [Fact]
    public async Task A_node_that_falls_silent_is_named_when_its_link_does()
    {
        var error = await LostAsync(_ => Cluster.Faults.LoseNode(), flame: f => f.Heartbeat = TimeSpan.FromMilliseconds(250));
        Assert.Matches("^nothing was heard from it for .*; pod flame-main-1-[0-9a-f]{8} its node node-1 does not answer the cluster$", error.Reason);
    }

    [Fact]
    public async Task A_node_that_the_cluster_gives_up_ends_the_calls_of_its_pods()
    {
        var error = await LostAsync(_ =>
        {
            Cluster.Faults.LoseNode();
            Cluster.Faults.GiveUpNode();
        });
        Assert.Matches("^its platform says that it is gone; pod flame-main-1-[0-9a-f]{8} was lost with its node: Node node-1 which was running pod .* is unresponsive$", error.Reason);
    }

    [Fact]
    public async Task A_node_that_is_removed_ends_the_calls_of_its_pods()
    {
        var error = await LostAsync(_ =>
        {
            Cluster.Faults.LoseNode();
            Cluster.Faults.RemoveNode();
        });
        Assert.Matches("^its platform says that it is gone; pod flame-main-1-[0-9a-f]{8} .*PodGC: node no longer exists", error.Reason);
    }

    [Fact]
    public async Task A_pod_that_is_removed_by_force_ends_its_call()
    {
        // A process that did not hear of it would else go on until its heartbeat fails.
        var error = await LostAsync(pod =>
        {
            Cluster.Faults.LoseNode();
            Cluster.Delete(ResourceKind.Pods, pod, gracePeriodSeconds: 0);
        });
        Assert.Matches("^its platform says that it is gone; pod flame-main-1-[0-9a-f]{8} was deleted from the cluster$", error.Reason);
    }

    private async Task<ExecutorLostException> LostAsync(Action<string> strike, Action<FlameBuilder>? flame = null)
    {
        using var gate = new Gate();
        await using var pools = await AsPodAsync(p => p.ShutdownTimeout = TimeSpan.FromSeconds(1), flame: flame);
        var call = Gates.PassAsync(gate.Port, Ct);
        await gate.NextAsync();
        strike(Name(Assert.Single(Pods)));
        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently());

        // What a silent node still holds goes with it.
        if (Cluster.Pods.Any(p => IsExecutor(p) && p.Items("status", "conditions").Any(c => c.Text("type") == "Ready" && c.Text("status") == "False"))) Cluster.Faults.RemoveNode();
        return error;
    }
}
