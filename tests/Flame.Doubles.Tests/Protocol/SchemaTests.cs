namespace Flame.Doubles.Tests;

/// <summary>The published document has the last word on what the double may say.</summary>
public sealed class SchemaTests
{
    [Fact]
    public async Task Every_object_of_a_busy_cluster_is_in_the_document()
    {
        await using var test = await TestCluster.StartAsync(o => o.Nodes[0].Taints.Add(("gpu", "only", "PreferNoSchedule")));
        test.Cluster.CreateParentPod("parent", "app:1");
        foreach (var name in new[] { "runs", "evicted", "killed" }) await test.CreateAsync("pods", TestCluster.PodOf(name));
        await test.CreateAsync("pods", TestCluster.PodOf("unpulled", "none:1"));
        await test.CreateAsync("pods", TestCluster.PodOf("unbound", change: p => p["spec"]!["nodeSelector"] = new JsonObject { ["a"] = "b" }));
        foreach (var name in new[] { "runs", "evicted", "killed" }) await test.RunningAsync(name);
        test.Cluster.Faults.Evict("evicted");
        test.Cluster.Faults.RunOutOfMemory("killed");
        await test.EndedAsync("evicted");
        await test.EndedAsync("killed");
        await test.Cluster.ObjectAsync(ResourceKind.Events, e => e.Text("reason") == "BackOff", test.Ct);
        test.Cluster.Faults.LoseNode();

        foreach (var kind in ResourceKind.All.Where(k => OpenApiSchema.Knows(k.Kind)))
        {
            Assert.NotEmpty(test.Cluster.Objects(kind).Concat(kind == ResourceKind.Secrets ? [[]] : []));
            Assert.All(test.Cluster.Objects(kind), o => Assert.Empty(OpenApiSchema.Check(o)));
        }
    }

    [Fact]
    public void Unknown_fields_and_wrong_types_are_found_at_any_depth()
    {
        var pod = TestCluster.PodOf("p", change: p =>
        {
            p.Items("spec", "containers")[0]["env"] = JsonNode.Parse("""[{"name":1,"valueFrom":{"fieldRef":{"path":"x"}}}]""");
            p["metadata"]!["labels"] = new JsonObject { ["a"] = true };
        });
        Assert.Equal(
            ["metadata.labels[a]: expected string, got bool", "spec.containers[0].env[0].name: expected string, got number", "unknown field \"spec.containers[0].env[0].valueFrom.fieldRef.path\""],
            OpenApiSchema.Check(pod).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_eviction_is_a_deletion_that_says_so()
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("pods", TestCluster.PodOf("p", TestCluster.Shell, "trap 'exit 0' TERM; while :; do sleep 0.1; done"));
        await test.RunningAsync("p");
        await test.SendAsync(HttpMethod.Post, TestCluster.Path("pods", "p") + "/eviction", new JsonObject { ["kind"] = "Eviction", ["apiVersion"] = "policy/v1", ["metadata"] = new JsonObject { ["name"] = "p" } }, System.Net.HttpStatusCode.Created);
        await test.Cluster.PodGoneAsync("p", test.Ct);
    }
}
