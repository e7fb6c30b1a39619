using System.Net;

namespace Flame.Doubles.Tests;

public sealed class PatchTests
{
    [Theory]
    [InlineData("json-patch", """[{"op":"test","path":"/metadata/labels/a","value":"1"},{"op":"remove","path":"/metadata/labels/a"},{"op":"add","path":"/metadata/labels/b~1c","value":"2"}]""")]
    [InlineData("merge-patch", """{"metadata":{"labels":{"a":null,"b/c":"2"}}}""")]
    [InlineData("strategic-merge-patch", """{"metadata":{"labels":{"a":null,"b/c":"2"}}}""")]
    public async Task Every_patch_can_change_labels(string type, string patch)
    {
        await using var test = await TestCluster.StartAsync();
        var secret = TestCluster.SecretOf("s1");
        secret["metadata"]!["labels"] = new JsonObject { ["a"] = "1", ["z"] = "0" };
        await test.CreateAsync("secrets", secret);
        var patched = await test.PatchAsync("secrets", "s1", JsonNode.Parse(patch)!, type);
        Assert.Equal("""{"z":"0","b/c":"2"}""", patched.Find("metadata", "labels")!.Compact());
    }

    [Theory]
    [InlineData("json-patch", """[{"op":"remove","path":"/spec/schedulingGates/0"}]""")]
    [InlineData("merge-patch", """{"spec":{"schedulingGates":null}}""")]
    [InlineData("strategic-merge-patch", """{"spec":{"schedulingGates":[{"name":"flame/secret","$patch":"delete"}]}}""")]
    public async Task Every_patch_can_open_a_scheduling_gate(string type, string patch)
    {
        await using var test = await TestCluster.StartAsync();
        var created = await test.CreateAsync("pods", Gated());
        Assert.Equal("SchedulingGated", created.Items("status", "conditions").Single().Text("reason"));
        await test.PatchAsync("pods", "p", JsonNode.Parse(patch)!, type);
        var pod = await test.RunningAsync("p");
        Assert.Equal("node-1", pod.Text("spec", "nodeName"));
        Assert.Null(pod.Find("spec", "schedulingGates"));
    }

    [Fact]
    public async Task A_gate_cannot_be_added_and_a_running_pods_spec_not_be_changed()
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("pods", Gated());
        var status = await test.PatchAsync("pods", "p", JsonNode.Parse("""{"spec":{"schedulingGates":[{"name":"other"}]}}""")!, "strategic-merge-patch", HttpStatusCode.UnprocessableEntity);
        Assert.Contains("spec.schedulingGates: Forbidden: only deletion is allowed, but found new scheduling gate 'other'", status.Text("message"), StringComparison.Ordinal);

        await test.CreateAsync("pods", TestCluster.PodOf("q"));
        var changed = await test.PatchAsync("pods", "q", JsonNode.Parse("""{"spec":{"containers":[{"name":"app","args":["x"]}]}}""")!, "strategic-merge-patch", HttpStatusCode.UnprocessableEntity);
        Assert.StartsWith("Pod \"q\" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`", changed.Text("message"), StringComparison.Ordinal);
        await test.PatchAsync("pods", "q", JsonNode.Parse("""{"spec":{"activeDeadlineSeconds":600}}""")!, "merge-patch");
    }

    [Fact]
    public async Task A_patch_that_does_not_apply_is_refused()
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("secrets", TestCluster.SecretOf("s1"));
        await test.PatchAsync("secrets", "s1", JsonNode.Parse("""[{"op":"remove","path":"/metadata/labels/a"}]""")!, "json-patch", HttpStatusCode.UnprocessableEntity);
        await test.PatchAsync("secrets", "s1", JsonNode.Parse("""{"metadata":{"resourceVersion":"1"}}""")!, "merge-patch", HttpStatusCode.Conflict);
        await test.PatchAsync("secrets", "s1", new JsonObject(), "x", HttpStatusCode.UnsupportedMediaType);
    }

    private static JsonObject Gated() => TestCluster.PodOf("p", change: p => p["spec"]!["schedulingGates"] = new JsonArray(new JsonObject { ["name"] = "flame/secret" }));
}
