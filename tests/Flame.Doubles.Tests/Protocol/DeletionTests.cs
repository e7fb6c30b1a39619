using System.Net;

namespace Flame.Doubles.Tests;

public sealed class DeletionTests
{
    [Fact]
    public async Task A_deletion_can_demand_the_very_object()
    {
        await using var test = await TestCluster.StartAsync();
        var secret = await test.CreateAsync("secrets", TestCluster.SecretOf("s1"));
        var uid = secret.Text("metadata", "uid");
        var status = await test.DeleteAsync("secrets", "s1", JsonNode.Parse("""{"preconditions":{"uid":"other"}}""")!.AsObject(), HttpStatusCode.Conflict);
        Assert.Equal($"Operation cannot be fulfilled on secrets \"s1\": Precondition failed: UID in precondition: other, UID in object meta: {uid}", status.Text("message"));
        var deleted = await test.DeleteAsync("secrets", "s1", new JsonObject { ["preconditions"] = new JsonObject { ["uid"] = uid } });
        Assert.Equal(("Success", uid), (deleted.Text("status"), deleted.Text("details", "uid")));
        await test.DeleteAsync("secrets", "s1", expect: HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_the_last_owner_owned_goes_with_it()
    {
        await using var test = await TestCluster.StartAsync();
        var parent = test.Cluster.CreateParentPod("parent", "app:1");
        var owner = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["name"] = "parent", ["uid"] = parent.Text("metadata", "uid") };
        await test.CreateAsync("pods", TestCluster.PodOf("child", change: p => p["metadata"]!["ownerReferences"] = new JsonArray(owner.DeepClone())));
        var secret = TestCluster.SecretOf("kept");
        await test.CreateAsync("secrets", secret);
        var owned = TestCluster.SecretOf("owned");
        owned["metadata"]!["ownerReferences"] = new JsonArray(owner.DeepClone());
        await test.CreateAsync("secrets", owned);
        await test.RunningAsync("child");
        var process = test.Cluster.Process("child")!;

        await test.DeleteAsync("pods", "parent");
        await test.Cluster.GoneAsync(ResourceKind.Secrets, s => s.Text("metadata", "name") == "owned", test.Ct);
        await test.Cluster.PodGoneAsync("child", test.Ct);
        Assert.Equal(128 + MachineProcess.SigTerm, await process.Exited);
        Assert.Equal("kept", Assert.Single(test.Cluster.Secrets).Text("metadata", "name"));
    }

    [Fact]
    public async Task An_owner_is_known_by_its_uid_not_by_its_name()
    {
        await using var test = await TestCluster.StartAsync();
        test.Cluster.CreateParentPod("parent", "app:1");
        var secret = TestCluster.SecretOf("s1");
        secret["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["name"] = "parent", ["uid"] = Guid.NewGuid().ToString() });
        await test.CreateAsync("secrets", secret);
        await test.Cluster.GoneAsync(ResourceKind.Secrets, s => s.Text("metadata", "name") == "s1", test.Ct);
    }

    [Fact]
    public async Task A_finalizer_holds_an_object_until_it_is_removed()
    {
        await using var test = await TestCluster.StartAsync();
        var secret = TestCluster.SecretOf("s1");
        secret["metadata"]!["finalizers"] = new JsonArray("example.com/hold");
        await test.CreateAsync("secrets", secret);
        await test.DeleteAsync("secrets", "s1");
        Assert.NotNull((await test.GetAsync(TestCluster.Path("secrets", "s1"))).Text("metadata", "deletionTimestamp"));
        await test.PatchAsync("secrets", "s1", JsonNode.Parse("""{"metadata":{"finalizers":null}}""")!, "merge-patch");
        await test.GetAsync(TestCluster.Path("secrets", "s1"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_collection_is_deleted_by_its_labels()
    {
        await using var test = await TestCluster.StartAsync();
        foreach (var (name, run) in new[] { ("a", "1"), ("b", "1"), ("c", "2") })
        {
            var secret = TestCluster.SecretOf(name);
            secret["metadata"]!["labels"] = new JsonObject { ["run"] = run };
            await test.CreateAsync("secrets", secret);
        }

        var deleted = await test.SendAsync(HttpMethod.Delete, TestCluster.Path("secrets") + "?labelSelector=run%3D1");
        Assert.Equal(2, deleted.Items("items").Length);
        Assert.Equal("c", Assert.Single(test.Cluster.Secrets).Text("metadata", "name"));
    }

    [Fact]
    public async Task A_pod_that_no_node_has_goes_at_once()
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("pods", TestCluster.PodOf("p", change: p => p["spec"]!["schedulingGates"] = new JsonArray(new JsonObject { ["name"] = "wait" })));
        await test.DeleteAsync("pods", "p");
        await test.GetAsync(TestCluster.Path("pods", "p"), HttpStatusCode.NotFound);
    }
}
