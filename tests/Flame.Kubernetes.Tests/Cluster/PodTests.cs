namespace Flame.Kubernetes.Tests.Cluster;

/// <summary>What the cluster sees of an executor, from its first request to its end.</summary>
public sealed class PodTests : ClusterTests
{
    [Fact]
    public async Task A_pod_belongs_to_its_parent_and_its_secret_to_it()
    {
        await using var pools = await AsPodAsync(p => p.ShutdownTimeout = TimeSpan.FromSeconds(7), flame: f => f.AddPool("main", p => p.Min = 1));

        var pod = Assert.Single(Pods);
        var owner = Assert.Single(pod.Items("metadata", "ownerReferences"));
        Assert.Equal(("v1", "Pod", ParentPod, Uid(Cluster.Pod(ParentPod)!), true), (owner.Text("apiVersion"), owner.Text("kind"), owner.Text("name"), owner.Text("uid"), owner.Flag("controller")));
        Assert.Equal(("Never", 7L), (pod.Text("spec", "restartPolicy"), pod.Number("spec", "terminationGracePeriodSeconds")));
        Assert.Equal(("flame", "main"), (pod.Text("metadata", "labels", "app.kubernetes.io/managed-by"), pod.Text("metadata", "labels", "flame.dotnet/pool")));
        Assert.Equal("main/1", pod.Text("metadata", "annotations", "flame.dotnet/executor"));

        var secret = Assert.Single(Cluster.Secrets);
        var its = Assert.Single(secret.Items("metadata", "ownerReferences"));
        Assert.Equal(("Pod", Name(pod), Uid(pod)), (its.Text("kind"), its.Text("name"), its.Text("uid")));
        Assert.Equal(["FLAME_PARENT"], ((JsonObject)secret["data"]!).Select(d => d.Key));
        Assert.True(secret.Flag("immutable"));
        Assert.Equal($"pod {Name(pod)}", pools["main"].GetStats().Executors.Single().Description);

        // The token is in the secret and nowhere else.
        Assert.DoesNotContain(ParentOf(pod).Token, pod.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Log.Lines, l => l.Text.Contains(ParentOf(pod).Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Boot_of_a_pod_is_logged_with_the_parts_that_are_known()
    {
        await using var pools = await AsPodAsync();
        await Deeds.ProcessAsync().Patiently();

        // The double may start the process before it tells of the node; nothing is left for the image then.
        Assert.Contains(Log.Lines, l => System.Text.RegularExpressions.Regex.IsMatch(l.Text, @"FLM3002 .* \((schedule \d+ ms, )?(image \d+ ms, )?runtime \d+ ms, connect \d+ ms, enter \d+ ms\)$"));
    }

    [Fact]
    public async Task A_pod_is_let_go_only_when_its_secret_is_there()
    {
        await using var pools = await AsPodAsync();
        Task<int> call;
        using (Cluster.Faults.Hold(r => r is { Verb: "create" } && r.Kind == ResourceKind.Secrets))
        {
            call = Deeds.ProcessAsync();
            var pod = await PodAsync();
            await UntilAskedAsync("create secrets");
            Assert.Equal(["flame.dotnet/secret"], Cluster.Pod(Name(pod))!.Items("spec", "schedulingGates").Select(g => g.Text("name")));
            Assert.Null(Cluster.Pod(Name(pod))!.Text("spec", "nodeName"));
        }

        await call.Patiently();
        Assert.Equal(
            ["create pods", "create secrets", "patch pods"],
            Cluster.Requests.Where(r => r.Verb is "create" or "patch" && r.Query("dryRun") is null && r.Kind != ResourceKind.AccessReviews).Select(r => $"{r.Verb} {r.Resource}"));
    }

    [Fact]
    public async Task Another_gate_holds_the_pod_until_whoever_set_it_opens_it()
    {
        await using var pools = await AsPodAsync(kubernetes: o => o.ConfigurePod = pod =>
        {
            pod.Spec.SchedulingGates = [new k8s.Models.V1PodSchedulingGate { Name = "example.com/quota" }];
            return pod;
        });
        var call = Deeds.ProcessAsync();
        var pod = await PodAsync(p => p.Items("spec", "schedulingGates") is [var one] && one.Text("name") == "example.com/quota");
        Assert.False(call.IsCompleted);
        Cluster.Change(ResourceKind.Pods, Name(pod), p => p.Branch("spec").Remove("schedulingGates"));
        await call.Patiently();
    }

    [Fact]
    public async Task An_executor_is_like_its_parent()
    {
        await using var pools = await AsPodAsync(kubernetes: o => o.Environment["OWN"] = "of the options");
        Assert.Equal("of the parent", await Deeds.VariableAsync("FROM_PARENT").Patiently());
        Assert.Equal("of the options", await Deeds.VariableAsync("OWN").Patiently());
        Assert.Equal(Name(Pods[0]), await Deeds.VariableAsync("POD_NAME").Patiently());

        // It needs no rights, and has no token.
        Assert.Null(await Deeds.VariableAsync("FLAME_TEST_SERVICEACCOUNT").Patiently());
    }

    [Fact]
    public async Task A_pod_that_is_deleted_finishes_its_call_while_new_ones_go_elsewhere()
    {
        using var gate = new Gate();
        await using var pools = await AsPodAsync(p => p.Max = 2);
        var first = Gates.PassAsync(gate.Port, Ct);
        var inFirst = await gate.NextAsync();

        Cluster.Delete(ResourceKind.Pods, Name(Pods[0]));
        await Log.WhenAsync("FLM3005 main/1 takes no more calls");
        var second = Gates.PassAsync(gate.Port, Ct);
        var inSecond = await gate.NextAsync();
        Assert.NotEqual(inFirst.Process, inSecond.Process);
        inFirst.LetGo();
        inSecond.LetGo();

        Assert.Equal((inFirst.Process, inSecond.Process), (await first.Patiently(), await second.Patiently()));
        await Log.WhenAsync("FLM3006 main/1 is gone");
    }

    [Fact]
    public async Task An_idle_executor_takes_its_pod_and_its_secret_along()
    {
        await using var pools = await AsPodAsync(p => p.IdleShutdownAfter = TimeSpan.FromMilliseconds(50));
        await Deeds.ProcessAsync().Patiently();
        await NothingIsLeftAsync();
        Assert.Matches("is gone: pod flame-main-1-[0-9a-f]{8} exited with code 0", (await Log.WhenAsync("FLM3006 main/1 is gone")).Text);
    }

    [Fact]
    public async Task Executors_of_executors_are_owned_by_their_executors_pod()
    {
        await using var pools = await AsPodAsync(kubernetes: o => o.MountServiceAccountToken = true, flame: f => f.PoolsInExecutors = true);
        var outer = await Deeds.OuterAsync().Patiently();
        Assert.NotEqual(outer.Here, outer.There);
        Assert.Equal($"pod {outer.Owner}", pools["main"].GetStats().Executors.Single().Description);
    }

    protected override void PrepareParent(JsonObject pod) => pod.Items("spec", "containers")[0]["env"] = new JsonArray(
        new JsonObject { ["name"] = "FROM_PARENT", ["value"] = "of the parent" },
        new JsonObject { ["name"] = "OWN", ["value"] = "of the parent" },
        new JsonObject { ["name"] = "POD_NAME", ["valueFrom"] = new JsonObject { ["fieldRef"] = new JsonObject { ["fieldPath"] = "metadata.name" } } });
}
