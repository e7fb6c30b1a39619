using System.Net;

namespace Flame.Doubles.Tests;

public sealed class PodTests
{
    [Fact]
    public async Task A_pod_runs_and_says_so_step_by_step()
    {
        await using var test = await TestCluster.StartAsync();
        var revision = (await test.GetAsync(TestCluster.Path("pods"))).Text("metadata", "resourceVersion");
        await test.CreateAsync("pods", TestCluster.PodOf("p"));
        var steps = new List<string>();
        await foreach (var (_, pod) in test.WatchAsync("pods", $"resourceVersion={revision}"))
        {
            var container = pod.Items("status", "containerStatuses").SingleOrDefault();
            steps.Add($"{pod.Text("status", "phase")} {pod.Text("spec", "nodeName")} {container.Text("state", "waiting", "reason")}".Trim());
            if (pod.Text("status", "phase") == "Running") break;
        }

        Assert.Equal(["Pending", "Pending node-1", "Pending node-1 ContainerCreating", "Running node-1"], steps);
        var running = await test.GetAsync(TestCluster.Path("pods", "p"));
        Assert.StartsWith("127.10.", running.Text("status", "podIP"), StringComparison.Ordinal);
        Assert.Equal(running.Text("status", "podIP"), running.Items("status", "podIPs").Single().Text("ip"));
        Assert.Equal("True", running.Items("status", "conditions").Single(c => c.Text("type") == "Ready").Text("status"));
        Assert.NotNull(running.Items("status", "containerStatuses").Single().Text("state", "running", "startedAt"));
    }

    [Theory]
    [InlineData("exit 0", "Succeeded", "Completed", 0)]
    [InlineData("exit 3", "Failed", "Error", 3)]
    [InlineData("kill -9 $$", "Failed", "Error", 137)]
    public async Task The_end_of_its_process_is_the_end_of_the_pod(string script, string phase, string reason, int code)
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("pods", TestCluster.PodOf("p", TestCluster.Shell, script));
        var pod = await test.EndedAsync("p");
        Assert.Equal(phase, pod.Text("status", "phase"));
        var ended = pod.Items("status", "containerStatuses").Single().Find("state", "terminated");
        Assert.Equal((reason, code), (ended.Text("reason"), ended.Number("exitCode")));
        Assert.NotNull(ended.Text("finishedAt"));
    }

    [Fact]
    public async Task A_container_gets_its_variables_from_everywhere()
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("secrets", TestCluster.SecretOf("s1", ("token", "hush")));
        await test.CreateAsync("pods", TestCluster.PodOf("p", TestCluster.Shell, "echo $TOKEN $NAME $IP $PLAIN '$(PLAIN)' $KUBERNETES_SERVICE_HOST; cat $FLAME_TEST_SERVICEACCOUNT/namespace", p => p.Items("spec", "containers")[0]["env"] = JsonNode.Parse("""
            [{"name":"TOKEN","valueFrom":{"secretKeyRef":{"name":"s1","key":"token"}}},{"name":"NAME","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}},
             {"name":"IP","valueFrom":{"fieldRef":{"fieldPath":"status.podIP"}}},{"name":"BASE","value":"b"},{"name":"PLAIN","value":"$(BASE)-$$(BASE)-$(NONE)"}]
            """)));
        var pod = await test.EndedAsync("p");
        Assert.Equal([$"hush p {pod.Text("status", "podIP")} b-$(BASE)-$(NONE) b-$(BASE)-$(NONE) 127.0.0.1", "default"], test.Cluster.Log("p"));
    }

    [Fact]
    public async Task A_missing_secret_is_said_and_waited_for()
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("pods", TestCluster.PodOf("p", change: p => p.Items("spec", "containers")[0]["env"] = JsonNode.Parse("""[{"name":"A","valueFrom":{"secretKeyRef":{"name":"late","key":"a"}}}]""")));
        var waiting = await test.Cluster.PodAsync("p", p => Waiting(p) == "CreateContainerConfigError", test.Ct);
        Assert.Equal("secret \"late\" not found", waiting.Items("status", "containerStatuses")[0].Text("state", "waiting", "message"));
        await test.CreateAsync("secrets", TestCluster.SecretOf("late", ("a", "b")));
        await test.RunningAsync("p");
    }

    [Fact]
    public async Task An_unknown_image_is_pulled_in_vain_again_and_again()
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("pods", TestCluster.PodOf("p", "nothing:9"));
        var failed = await test.Cluster.PodAsync("p", p => Waiting(p) == "ErrImagePull", test.Ct);
        Assert.Equal("rpc error: code = NotFound desc = failed to pull and unpack image \"docker.io/library/nothing:9\": failed to resolve reference \"docker.io/library/nothing:9\": docker.io/library/nothing:9: not found", failed.Items("status", "containerStatuses")[0].Text("state", "waiting", "message"));
        await test.Cluster.PodAsync("p", p => Waiting(p) == "ImagePullBackOff", test.Ct);
        var log = await test.GetAsync(TestCluster.Path("pods", "p") + "/log", HttpStatusCode.BadRequest);
        Assert.StartsWith("container \"app\" in pod \"p\" is waiting to start: ", log.Text("message"), StringComparison.Ordinal);
        await test.DeleteAsync("pods", "p");
        await test.Cluster.PodGoneAsync("p", test.Ct);
    }

    [Fact]
    public async Task A_program_that_is_not_in_the_image_cannot_start()
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("pods", TestCluster.PodOf("p", change: p => p.Items("spec", "containers")[0]["command"] = new JsonArray("/no/such/program")));
        var ended = (await test.EndedAsync("p")).Items("status", "containerStatuses").Single().Find("state", "terminated");
        Assert.Equal(("StartError", 128L), (ended.Text("reason"), ended.Number("exitCode")));
        Assert.Contains("exec: \"/no/such/program\": stat /no/such/program: no such file or directory", ended.Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deletion_asks_then_kills_then_removes()
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("pods", TestCluster.PodOf("deaf", TestCluster.Shell, "trap '' TERM; echo ready; while :; do sleep 0.1; done"));
        await test.CreateAsync("pods", TestCluster.PodOf("polite", TestCluster.Shell, "trap 'exit 7' TERM; echo ready; while :; do sleep 0.1; done"));
        await test.RunningAsync("deaf");
        await test.RunningAsync("polite");
        foreach (var name in new[] { "deaf", "polite" }) await test.Cluster.LineAsync(name, line => line == "ready", test.Ct);
        var (deaf, polite) = (test.Cluster.Process("deaf")!, test.Cluster.Process("polite")!);
        var pod = await test.DeleteAsync("pods", "deaf", new JsonObject { ["gracePeriodSeconds"] = 1 });
        Assert.Equal(1, pod.Number("metadata", "deletionGracePeriodSeconds"));
        await test.DeleteAsync("pods", "polite");
        Assert.Equal(7, await polite.Exited.WaitAsync(test.Ct));
        Assert.Equal(137, await deaf.Exited.WaitAsync(test.Ct));
        await test.Cluster.PodGoneAsync("deaf", test.Ct);
        await test.Cluster.PodGoneAsync("polite", test.Ct);
    }

    [Fact]
    public async Task A_forced_deletion_removes_the_object_at_once()
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("pods", TestCluster.PodOf("p"));
        await test.RunningAsync("p");
        var process = test.Cluster.Process("p")!;
        await test.DeleteAsync("pods", "p", new JsonObject { ["gracePeriodSeconds"] = 0 });
        await test.GetAsync(TestCluster.Path("pods", "p"), HttpStatusCode.NotFound);
        Assert.Equal(143, await process.Exited.WaitAsync(test.Ct));
    }

    [Fact]
    public async Task A_deadline_fails_the_pod()
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("pods", TestCluster.PodOf("p", change: p => p["spec"]!["activeDeadlineSeconds"] = 1));
        var pod = await test.Cluster.PodAsync("p", p => p.Text("status", "reason") is not null, test.Ct);
        Assert.Equal(("Failed", "DeadlineExceeded"), (pod.Text("status", "phase"), pod.Text("status", "reason")));
    }

    [Fact]
    public async Task A_pod_that_fits_no_node_waits_with_the_schedulers_words()
    {
        await using var test = await TestCluster.StartAsync(o => o.Nodes[0].Capacity["cpu"] = "2");
        await test.CreateAsync("pods", TestCluster.PodOf("gpu", change: p => p.Items("spec", "containers")[0]["resources"] = JsonNode.Parse("""{"limits":{"nvidia.com/gpu":1}}""")));
        await test.CreateAsync("pods", TestCluster.PodOf("zone", change: p => p["spec"]!["nodeSelector"] = new JsonObject { ["zone"] = "a" }));
        await test.CreateAsync("pods", TestCluster.PodOf("first", change: p => p.Items("spec", "containers")[0]["resources"] = JsonNode.Parse("""{"requests":{"cpu":"1500m"}}""")));
        await test.RunningAsync("first");
        await test.CreateAsync("pods", TestCluster.PodOf("second", change: p => p.Items("spec", "containers")[0]["resources"] = JsonNode.Parse("""{"requests":{"cpu":1}}""")));
        Assert.Equal("0/1 nodes are available: 1 Insufficient nvidia.com/gpu. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.", await Unschedulable("gpu"));
        Assert.Equal("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.", await Unschedulable("zone"));
        Assert.Equal("0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.", await Unschedulable("second"));
        await test.DeleteAsync("pods", "first");
        await test.RunningAsync("second");

        async Task<string?> Unschedulable(string name) =>
            Condition(await test.Cluster.PodAsync(name, p => Condition(p)?.Text("reason") == "Unschedulable", test.Ct)).Text("message");
        static JsonObject? Condition(JsonObject pod) => pod.Items("status", "conditions").SingleOrDefault(c => c.Text("type") == "PodScheduled");
    }

    [Fact]
    public async Task Logs_are_kept_tailed_and_followed()
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("pods", TestCluster.PodOf("p", TestCluster.Shell, "echo one; echo two >&2; sleep 0.3; echo three"));
        await test.RunningAsync("p");
        var followed = await test.Http.GetStringAsync(TestCluster.Path("pods", "p") + "/log?follow=true", test.Ct);
        Assert.Equal(["one", "three", "two"], followed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
        Assert.Equal("three\n", await test.Http.GetStringAsync(TestCluster.Path("pods", "p") + "/log?tailLines=1", test.Ct));
    }

    private static string? Waiting(JsonObject pod) => pod.Items("status", "containerStatuses").SingleOrDefault().Text("state", "waiting", "reason");
}
