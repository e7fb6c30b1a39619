namespace Flame.Doubles.Tests;

public sealed class ContainerTests
{
    [Theory]
    [InlineData(0, null)]
    [InlineData(3, "one\ntwo\n")]
    public async Task The_last_lines_of_a_container_that_failed_are_kept_where_it_wants_that(int code, string? message)
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("pods", TestCluster.PodOf("p1", TestCluster.Shell, $"echo one; echo two; exit {code}", p => p.Items("spec", "containers")[0]["terminationMessagePolicy"] = "FallbackToLogsOnError"));
        await test.CreateAsync("pods", TestCluster.PodOf("p2", TestCluster.Shell, $"echo one; exit {code}"));
        Assert.Equal(message, (await test.EndedAsync("p1")).Items("status", "containerStatuses")[0].Text("state", "terminated", "message"));
        Assert.Null((await test.EndedAsync("p2")).Items("status", "containerStatuses")[0].Text("state", "terminated", "message"));
    }

    [Fact]
    public async Task What_prepares_a_pod_runs_first_and_its_failure_is_the_pods()
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("pods", TestCluster.PodOf("good", change: p => Prepare(p, "echo first")));
        await test.RunningAsync("good");
        Assert.Equal(["first"], test.Cluster.Log("good", "prepare"));
        await test.CreateAsync("pods", TestCluster.PodOf("bad", change: p => Prepare(p, "exit 4")));
        var pod = await test.EndedAsync("bad");
        Assert.Equal(("Failed", 4L), (pod.Text("status", "phase"), pod.Items("status", "initContainerStatuses").Single().Number("state", "terminated", "exitCode")));
        Assert.Equal("PodInitializing", pod.Items("status", "containerStatuses").Single().Text("state", "waiting", "reason"));

        static void Prepare(JsonObject pod, string script) => pod["spec"]!["initContainers"] = new JsonArray(new JsonObject { ["name"] = "prepare", ["image"] = TestCluster.Shell, ["args"] = new JsonArray(script) });
    }

    [Fact]
    public async Task A_pod_with_a_companion_ends_with_the_last_of_both()
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("pods", TestCluster.PodOf("p", TestCluster.Shell, "exit 1", p => p.Items("spec", "containers")[0].Parent!.AsArray().Add(new JsonObject { ["name"] = "proxy", ["image"] = TestCluster.Sleeper })));
        var pod = await test.Cluster.PodAsync("p", p => p.Items("status", "containerStatuses").Any(c => c.Find("state", "terminated") is not null) && p.Items("status", "containerStatuses").Any(c => c.Flag("ready")), test.Ct);
        Assert.Equal("Running", pod.Text("status", "phase"));
        Assert.Equal("containers with unready status: [app]", pod.Items("status", "conditions").Single(c => c.Text("type") == "Ready").Text("message"));
        test.Cluster.Faults.Signal("p", MachineProcess.SigTerm, "proxy");
        Assert.Equal("Failed", (await test.EndedAsync("p")).Text("status", "phase"));
    }

    [Fact]
    public async Task A_container_that_shall_be_restarted_is()
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("pods", TestCluster.PodOf("p", TestCluster.Shell, "exit 1", p => p["spec"]!["restartPolicy"] = "OnFailure"));
        var pod = await test.Cluster.PodAsync("p", p => p.Items("status", "containerStatuses").Any(c => c.Number("restartCount") == 2 && c.Text("state", "waiting", "reason") == "CrashLoopBackOff"), test.Ct);
        Assert.Equal("Running", pod.Text("status", "phase"));
        Assert.Equal(1, pod.Items("status", "containerStatuses").Single().Number("lastState", "terminated", "exitCode"));
    }

    [Fact]
    public async Task Whole_secrets_and_maps_can_be_variables()
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("secrets", TestCluster.SecretOf("s1", ("A", "1")));
        await test.CreateAsync("configmaps", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "c1" }, ["data"] = new JsonObject { ["B"] = "2" } });
        await test.CreateAsync("pods", TestCluster.PodOf("p", TestCluster.Shell, "echo $A $X_B; pwd", p =>
        {
            var container = p.Items("spec", "containers")[0];
            container["envFrom"] = JsonNode.Parse("""[{"secretRef":{"name":"s1"}},{"prefix":"X_","configMapRef":{"name":"c1"}},{"secretRef":{"name":"none","optional":true}}]""");
            container["workingDir"] = "/";
        }));
        await test.EndedAsync("p");
        Assert.Equal(["1 2", "/"], test.Cluster.Log("p"));
    }

    [Fact]
    public async Task A_deadline_can_be_set_on_a_pod_that_runs()
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("pods", TestCluster.PodOf("p"));
        await test.RunningAsync("p");
        await test.PatchAsync("pods", "p", JsonNode.Parse("""{"spec":{"activeDeadlineSeconds":1}}""")!, "merge-patch");
        Assert.Equal("DeadlineExceeded", (await test.EndedAsync("p")).Text("status", "reason"));
    }

    [Fact]
    public async Task Nothing_that_ran_outlives_the_cluster()
    {
        Task<int> stubborn;
        await using (var test = await TestCluster.StartAsync())
        {
            await test.CreateAsync("pods", TestCluster.PodOf("p", TestCluster.Shell, "trap '' TERM; while :; do sleep 0.1; done"));
            await test.RunningAsync("p");
            test.Cluster.Faults.LoseNode();
            stubborn = test.Cluster.Process("p")!.Exited;
        }

        Assert.True(stubborn.IsCompleted);
    }
}
