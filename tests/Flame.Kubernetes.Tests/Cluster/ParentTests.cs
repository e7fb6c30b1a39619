using System.Globalization;
using Microsoft.Extensions.Time.Testing;

namespace Flame.Kubernetes.Tests.Cluster;

/// <summary>What becomes of executors when their parent ends, begins again, or never was a pod.</summary>
public sealed class ParentTests : ClusterTests
{
    [Fact]
    public async Task A_parent_pod_that_is_deleted_takes_its_executors_along()
    {
        await using var pools = await AsPodAsync(p => p.ShutdownTimeout = TimeSpan.FromSeconds(5));
        var process = await Deeds.ProcessAsync().Patiently();
        Cluster.Delete(ResourceKind.Pods, ParentPod);
        await NothingIsLeftAsync();
        Assert.False(Signals.IsAlive(process));
    }

    [Fact]
    public async Task A_parent_that_begins_again_in_its_pod_removes_what_the_earlier_run_left()
    {
        await using var earlier = await AsPodAsync();
        await Deeds.ProcessAsync().Patiently();
        var left = Name(Pods[0]);

        await using var later = await AsPodAsync();
        Assert.Contains("1 pods and 0 leases", (await Log.WhenAsync("FLM3031")).Text, StringComparison.Ordinal);
        await Cluster.PodGoneAsync(left, Ct).Patiently();
        await later.CallAsync("main", () => 1).Patiently();
        Assert.NotEqual(left, Name(Assert.Single(Pods)));
    }

    [Fact]
    public async Task Executors_of_another_parent_are_left_alone()
    {
        await using var pools = await AsPodAsync();
        await pools.CallAsync("main", () => 1).Patiently();

        // Another replica of the same deployment.
        Cluster.CreateParentPod("other", App);
        await using (var others = await AsPodAsync(pod: "other")) await others.CallAsync("main", () => 1).Patiently();

        await pools.CallAsync("main", () => 1).Patiently();
        Assert.DoesNotContain(Log.Lines, l => l.EventId == 3031);
        Cluster.Delete(ResourceKind.Pods, "other");
    }

    [Fact]
    public async Task A_pod_whose_node_does_not_answer_is_removed_by_force()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var pools = await AsPodAsync(flame: f => f.Time = time);
        await Deeds.ProcessAsync().Patiently();
        Cluster.Faults.LoseNode();
        var ending = pools.DisposeAsync().AsTask();
        while (!ending.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, Ct);
        }

        await ending;
        Assert.Equal(["1", "0"], Cluster.Requests.Where(r => r.Verb == "delete").Select(r => r.Query("gracePeriodSeconds")).Take(2));
        Assert.Empty(Pods);
    }

    [Fact]
    public async Task Outside_of_the_cluster_a_lease_stands_for_the_parent_until_its_end()
    {
        await using (await OutsideAsync())
        {
            await Deeds.ProcessAsync().Patiently();
            var lease = Assert.Single(Cluster.Objects(ResourceKind.Leases));
            var owner = Assert.Single(Pods[0].Items("metadata", "ownerReferences"));
            Assert.Equal(("coordination.k8s.io/v1", "Lease", Name(lease), Uid(lease), true), (owner.Text("apiVersion"), owner.Text("kind"), owner.Text("name"), owner.Text("uid"), owner.Flag("controller")));
            Assert.Equal((ParentIdentity.OfThisProcess, 60L), (lease.Text("spec", "holderIdentity"), lease.Number("spec", "leaseDurationSeconds")));
        }

        Assert.Empty(Cluster.Objects(ResourceKind.Leases));
    }

    [Fact]
    public async Task A_lease_is_renewed_also_after_a_renewal_that_failed()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var log = Log.CreateLogger("x");
        Cluster.WriteKubeconfig(Kubeconfig);
        using var connection = ClusterConnection.Open(new KubernetesOptions { Kubeconfig = Kubeconfig });
        await using var lease = await ParentLease.TakeAsync(new ClusterCalls(connection.Client, "apps", TimeProvider.System), "apps", "run1", log, time, Ct);

        await RenewedAsync();
        Cluster.Faults.Fail(403, "Forbidden", "no", when: r => r.Verb == "patch");
        time.Advance(TimeSpan.FromSeconds(15));
        Assert.Contains("lease flame-parent-run1 could not be renewed: no", (await Log.WhenAsync("FLM3033")).Text, StringComparison.Ordinal);
        await RenewedAsync();

        async Task RenewedAsync()
        {
            time.Advance(TimeSpan.FromSeconds(15));
            var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
            await Cluster.ObjectAsync(ResourceKind.Leases, l => l.Text("spec", "renewTime")!.StartsWith(now, StringComparison.Ordinal), Ct).Patiently();
        }
    }

    [Fact]
    public async Task Leases_of_dead_parents_go_with_their_pods_at_the_next_start_and_others_stay()
    {
        var boot = (await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id", Ct)).Trim();
        var now = DateTime.UtcNow;
        Lease("of-a-dead-process", $"{Environment.MachineName} {boot} 4194305 1", now);
        Lease("of-another-machine-that-is-silent", "elsewhere x 1 1", now - TimeSpan.FromMinutes(10));
        Lease("of-another-machine", "elsewhere x 1 1", now - TimeSpan.FromSeconds(90));
        Lease("of-this-process", ParentIdentity.OfThisProcess, now);
        Lease("of-no-flame", "elsewhere", now - TimeSpan.FromDays(1), flame: false);
        PodOf("of-a-dead-process");
        PodOf("of-another-machine");

        await using (await OutsideAsync())
        {
            Assert.Contains("0 pods and 2 leases", (await Log.WhenAsync("FLM3031")).Text, StringComparison.Ordinal);
            await Cluster.PodGoneAsync("pod-of-a-dead-process", Ct).Patiently();
            Assert.Equal(["pod-of-another-machine"], Pods.Select(Name));
            Assert.Equal(
                ["of-another-machine", "of-no-flame", "of-this-process"],
                Cluster.Objects(ResourceKind.Leases).Select(Name).Where(n => !n.StartsWith("flame-parent", StringComparison.Ordinal)).Order());
        }

        foreach (var name in new[] { "of-another-machine", "of-this-process", "of-no-flame" }) Cluster.Delete(ResourceKind.Leases, name);
    }

    private JsonObject Lease(string name, string holder, DateTime renewed, bool flame = true) => Cluster.Create(ResourceKind.Leases, new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = flame ? new JsonObject { ["app.kubernetes.io/managed-by"] = "flame", ["flame.dotnet/run"] = "0" } : [] },
        ["spec"] = new JsonObject { ["holderIdentity"] = holder, ["leaseDurationSeconds"] = 60, ["renewTime"] = renewed.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture) },
    });

    private void PodOf(string lease) => Cluster.Create(ResourceKind.Pods, new JsonObject
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = "pod-" + lease,
            ["labels"] = new JsonObject { ["app.kubernetes.io/managed-by"] = "flame", ["flame.dotnet/run"] = "0" },
            ["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] = "coordination.k8s.io/v1", ["kind"] = "Lease", ["name"] = lease, ["controller"] = true,
                ["uid"] = Uid(Cluster.Objects(ResourceKind.Leases).Single(l => Name(l) == lease)),
            }),
        },
        ["spec"] = new JsonObject { ["terminationGracePeriodSeconds"] = 1, ["containers"] = new JsonArray(new JsonObject { ["name"] = "executor", ["image"] = Idle }) },
    });
}
