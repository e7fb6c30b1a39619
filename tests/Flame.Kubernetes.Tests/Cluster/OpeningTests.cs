using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Flame.Kubernetes.Tests.Cluster;

/// <summary>What cannot work is said at the start, all of it at once, and nothing is made.</summary>
public sealed class OpeningTests : ClusterTests
{
    [Theory]
    [InlineData("pods", "patch", "FLM1132: Kubernetes does not let this parent patch pods in namespace apps. Add to its Role: { apiGroups: [\"\"], resources: [\"pods\"], verbs: [\"patch\"] }")]
    [InlineData("pods", "watch", "FLM1132: Kubernetes does not let this parent watch pods in namespace apps. Add to its Role: { apiGroups: [\"\"], resources: [\"pods\"], verbs: [\"watch\"] }")]
    [InlineData("secrets", "create", "FLM1132: Kubernetes does not let this parent create secrets in namespace apps. Add to its Role: { apiGroups: [\"\"], resources: [\"secrets\"], verbs: [\"create\"] }")]
    public async Task A_missing_right_is_named_with_the_rule_that_gives_it(string resource, string verb, string problem)
    {
        Cluster.Rights = All().Forbid("", resource, verb);
        Assert.Equal([problem], await ProblemsAsync(() => AsPodAsync()));
    }

    [Fact]
    public async Task All_missing_rights_are_named_together()
    {
        Cluster.Rights = new AccessRights();
        Assert.Equal(
            ["create, get, list, watch, patch, delete pods", "create secrets", "create, get pods/portforward", "create, list, patch, delete leases"],
            (await ProblemsAsync(() => OutsideAsync())).Select(p => p.Split("let this parent ")[1].Split(" in namespace")[0]));
    }

    [Fact]
    public async Task The_rights_of_the_manifest_are_enough()
    {
        Cluster.Rights = All();
        await using (await AsPodAsync()) await Deeds.ProcessAsync().Patiently();
        Cluster.Rights = All().Allow("", "pods/portforward", "create", "get").Allow("coordination.k8s.io", "leases", "create", "list", "patch", "delete");
        await using (var outside = await OutsideAsync()) await outside.CallAsync("main", () => 1).Patiently();
    }

    [Fact]
    public async Task Where_nobody_may_ask_for_rights_the_first_use_tells()
    {
        Cluster.Faults.Fail(403, "Forbidden", "selfsubjectaccessreviews.authorization.k8s.io is forbidden", times: 100, r => r.Kind == ResourceKind.AccessReviews);
        await using var pools = await AsPodAsync();
        await Deeds.ProcessAsync().Patiently();
    }

    [Fact]
    public async Task Without_a_cluster_it_says_where_it_looked()
    {
        var missing = Path.Combine(Path.GetTempPath(), "no-such-kubeconfig");
        var problem = Assert.Single(await ProblemsAsync(() => OutsideAsync(kubernetes: o => o.Kubeconfig = missing)));
        Assert.StartsWith($"FLM1130: Kubernetes: no cluster was found: there is no file {missing}.", problem, StringComparison.Ordinal);

        Environment.SetEnvironmentVariable("KUBECONFIG", missing);
        problem = Assert.Single(await ProblemsAsync(() => OutsideAsync(kubernetes: o => o.Kubeconfig = null)));
        Assert.StartsWith($"FLM1130: Kubernetes: no cluster was found: there is no file {missing}.", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no yaml: [", "FLM1130: Kubernetes: no cluster was found: ")]
    [InlineData("apiVersion: v1", "FLM1130: Kubernetes: no cluster was found: ")]
    public async Task A_kubeconfig_that_is_none_says_so(string text, string begins)
    {
        await File.WriteAllTextAsync(Kubeconfig, text, Ct);
        Assert.StartsWith(begins, Assert.Single(await ProblemsAsync(() => OutsideAsync())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_context_that_the_kubeconfig_does_not_have_says_so() =>
        Assert.Contains("other", Assert.Single(await ProblemsAsync(() => OutsideAsync(kubernetes: o => o.Context = "other"))), StringComparison.Ordinal);

    [Fact]
    public async Task A_token_that_counts_for_nothing_is_told()
    {
        Cluster.RotateToken();
        var problem = Assert.Single(await ProblemsAsync(() => OutsideAsync()));
        Assert.Matches($"^FLM1130: Kubernetes: the API server at {Cluster.SecureUrl} cannot be used: rights could not be asked for: Unauthorized", problem);
    }

    [Fact]
    public async Task An_api_server_that_does_not_answer_is_waited_for_for_half_a_minute()
    {
        await Cluster.Faults.ApiDownAsync();
        var time = new FakeTimeProvider();
        var starting = ProblemsAsync(() => AsPodAsync(flame: f => f.Time = time));
        while (!starting.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, Ct);
        }

        Assert.Matches("^FLM1130: Kubernetes: the API server at https://127.0.0.1:[0-9]+/ cannot be used: (rights could not be asked for: .*refused|it did not answer within 30 s)", Assert.Single(await starting));
        Assert.True(time.GetUtcNow() - time.Start >= TimeSpan.FromSeconds(30));
        await Cluster.Faults.ApiUpAsync();
    }

    [Fact]
    public async Task A_pod_that_does_not_find_itself_says_how_it_can() => Assert.Equal(
        ["FLM1131: Kubernetes: this process runs in a pod, and namespace apps has none of the name 'stranger'. Give it POD_NAME and POD_NAMESPACE through the downward API."],
        await ProblemsAsync(() => AsPodAsync(pod: "stranger")));

    [Fact]
    public async Task A_parent_that_cannot_be_dialled_says_so()
    {
        var problem = Assert.Single(await ProblemsAsync(() => OutsideAsync(kubernetes: o => o.Dialling = KubernetesDialling.Executor)));
        Assert.StartsWith("FLM1133: Flame:Kubernetes:ParentHosts — executors shall dial this parent, which is not in the cluster.", problem, StringComparison.Ordinal);
        problem = Assert.Single(await ProblemsAsync(() => AsPodAsync(kubernetes: o => o.ParentPort = 70_000)));
        Assert.StartsWith("FLM1133: Flame:Kubernetes:ParentPort — 70000 is no port.", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_that_has_its_address_a_moment_later_waits_for_it()
    {
        var addresses = Cluster.Pod(ParentPod)!["status"]!["podIPs"]!.DeepClone();
        Cluster.Change(ResourceKind.Pods, ParentPod, p => p.Branch("status").Remove("podIPs"));
        var starting = AsPodAsync();
        await UntilAskedAsync("get pods", 2);
        Cluster.Change(ResourceKind.Pods, ParentPod, p => p.Branch("status")["podIPs"] = addresses);
        await using var pools = await starting.Patiently();
        await Deeds.ProcessAsync().Patiently();
    }

    [Fact]
    public async Task Every_problem_of_every_pool_is_told_at_once()
    {
        var problems = await ProblemsAsync(() => OutsideAsync(
            kubernetes: o => o.Image = null,
            flame: f => f
                .AddKubernetesPool("broken", pod: o => (o.Image, o.Manifest) = (App, "/nowhere/pod.yaml"))
                .AddKubernetesPool("hooked", pod: o => (o.Image, o.ConfigurePod) = (App, _ => throw new InvalidOperationException("not today")))
                .AddKubernetesPool("late", pod: o => (o.Image, o.UnschedulableAfter) = (App, TimeSpan.FromSeconds(-1)))));
        Assert.Equal(
            [
                "FLM1134: Flame:Pools:broken:Kubernetes — no pod can be made: Could not find a part of the path '/nowhere/pod.yaml'.",
                "FLM1134: Flame:Pools:hooked:Kubernetes — no pod can be made: not today",
                "FLM1134: Flame:Pools:late:Kubernetes:UnschedulableAfter — -00:00:01 is below zero.",
                "FLM1134: Flame:Pools:main:Kubernetes:Image — executors need an image: this parent is not in the cluster, and has none that they could take.",
            ],
            problems.Where(p => !p.Contains(":default:", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task A_container_that_the_parent_does_not_have_is_named_with_those_that_it_has() => Assert.Contains(
        "FLM1134: Flame:Pools:main:Kubernetes:ParentContainer — pod parent has no container 'web'. It has: app.", await ProblemsAsync(() => AsPodAsync(kubernetes: o => o.ParentContainer = "web")));

    [Fact]
    public async Task What_the_cluster_refuses_of_a_pods_shape_is_said_for_each_pool()
    {
        var problems = await ProblemsAsync(() => AsPodAsync(flame: f => f
            .AddKubernetesPool("first", pod: o => o.Labels["no label"] = "x")
            .AddKubernetesPool("second", pod: o => o.ServiceAccount = "missing")
            .AddKubernetesPool("third", pod: o => o.ImagePullPolicy = "Sometimes")));
        Assert.Equal(3, problems.Length);
        Assert.Contains(problems, p => p.StartsWith("FLM1134: Flame:Pools:first:Kubernetes — the cluster refuses the pod: Pod \"flame-first-0-", StringComparison.Ordinal) && p.Contains("no label", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith("FLM1134: Flame:Pools:second:Kubernetes — the cluster refuses the pod: ", StringComparison.Ordinal) && p.Contains("serviceaccount \"missing\" not found", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith("FLM1134: Flame:Pools:third:Kubernetes — the cluster refuses the pod: ", StringComparison.Ordinal) && p.Contains("imagePullPolicy: Unsupported value: \"Sometimes\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_quota_that_is_used_up_at_the_start_is_no_problem_yet()
    {
        Cluster.Faults.Fail(403, "Forbidden", "pods \"x\" is forbidden: exceeded quota: all, requested: pods=1, used: pods=10, limited: pods=10", times: 10, r => r.Query("dryRun") is not null);
        await using var pools = await AsPodAsync();
        await Deeds.ProcessAsync().Patiently();
    }

    [Fact]
    public async Task A_namespace_of_its_own_can_be_named()
    {
        var problem = Assert.Single(await ProblemsAsync(() => OutsideAsync(kubernetes: o => o.Namespace = "missing")), p => p.Contains(":main:", StringComparison.Ordinal));
        Assert.Contains("namespaces \"missing\" not found", problem, StringComparison.Ordinal);
    }


    private static AccessRights All() => new AccessRights { Namespace = "apps" }.Allow("", "pods", "create", "get", "list", "watch", "patch", "delete").Allow("", "secrets", "create");

    private async Task<string[]> ProblemsAsync(Func<Task<FlamePools>> start)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => start().Patiently());
        Assert.Empty(Pods);
        return [.. error.Failures];
    }
}
