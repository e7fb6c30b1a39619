using System.Text.RegularExpressions;
using k8s.Models;

namespace Flame.Kubernetes.Tests.Cluster;

/// <summary>A boot that cannot succeed says why, in the cluster's words, and leaves nothing.</summary>
public sealed class BootFailureTests : ClusterTests
{
    [Theory]
    [InlineData("nope:1", "has no image nope:1: ErrImagePull: rpc error: code = NotFound .* docker.io/library/nope:1: not found")]
    [InlineData("Nope:1", "has no image Nope:1: InvalidImageName: .*invalid reference format")]
    public async Task An_image_that_does_not_exist_fails_the_first_boot_for_good(string image, string words) => await FailsAsync(words, o => o.Image = image);

    [Fact]
    public async Task An_image_that_may_not_be_pulled_fails_for_good() => await FailsAsync(
        "has no image nope:1: ErrImageNeverPull: Container image \"nope:1\" is not present with pull policy of Never", o => (o.Image, o.ImagePullPolicy) = ("nope:1", "Never"));

    [Fact]
    public async Task A_program_that_is_not_in_the_image_fails_for_good() => await FailsAsync("could not be started: .*/nowhere/program: no such file or directory", o => o.Command.Add("/nowhere/program"));

    [Fact]
    public async Task A_setting_that_is_missing_fails_for_good() => await FailsAsync(
        "is not possible: CreateContainerConfigError: secret \"missing\" not found",
        o => o.ConfigurePod = pod =>
        {
            pod.Spec.Containers[0].EnvFrom = [new V1EnvFromSource { SecretRef = new V1SecretEnvSource { Name = "missing" } }];
            return pod;
        });

    [Fact]
    public async Task A_pod_that_no_node_can_take_fails_for_good() => await FailsAsync(
        "cannot be scheduled: 0/1 nodes are available: 1 Insufficient nvidia.com/gpu\\. .*\\(where nodes are added on demand, set UnschedulableAfter\\)$",
        pool: p => p.Resources.Gpus = 1);

    [Fact]
    public async Task An_init_container_that_fails_is_named()
    {
        await using var pools = await AsPodAsync(kubernetes: o => o.ConfigurePod = pod =>
        {
            pod.Spec.InitContainers = [new V1Container { Name = "fetch", Image = Shell, Args = ["echo no net; exit 4"], TerminationMessagePolicy = "FallbackToLogsOnError" }];
            return pod;
        });
        _ = Deeds.ProcessAsync();
        Assert.Contains("could not begin: its init container fetch exited with code 4; last output: no net", (await Log.WhenAsync("FLM3003")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_that_come_on_demand_are_waited_for()
    {
        await using var pools = await AsPodAsync(p => p.Resources.Gpus = 1, o => o.UnschedulableAfter = TimeSpan.FromMinutes(1));
        var call = Deeds.ProcessAsync();
        await PodAsync(p => p.Items("status", "conditions").Any(c => c.Text("reason") == "Unschedulable"));
        Cluster.Change(ResourceKind.Nodes, "node-1", n => n.Branch("status", "allocatable")["nvidia.com/gpu"] = "1");
        await call.Patiently();
    }

    [Fact]
    public async Task Nodes_that_come_on_demand_are_waited_for_only_so_long() => await FailsAsync(
        "cannot be scheduled: 0/1 nodes are available: 1 Insufficient nvidia.com/gpu\\. [^(]*$", o => o.UnschedulableAfter = TimeSpan.FromMilliseconds(200), p => p.Resources.Gpus = 1);

    [Fact]
    public async Task A_registry_that_is_away_for_a_moment_costs_a_boot_and_no_call()
    {
        var away = Cluster.Faults.FailPulls(App, "failed to pull and unpack image \"app:1\": failed to do request: Head \"https://r.local/v2/app/manifests/1\": dial tcp 10.0.0.9:443: i/o timeout");
        await using var pools = await AsPodAsync();
        var call = Deeds.ProcessAsync();
        Assert.Matches("did not boot: .* pod flame-main-1-[0-9a-f]{8} has no image app:1: ErrImagePull: .*i/o timeout", (await Log.WhenAsync("FLM3003")).Text);
        away.Dispose();
        await call.Patiently();
    }

    [Fact]
    public async Task A_program_that_ends_at_once_fails_the_call_with_its_code_and_last_lines()
    {
        await using var pools = await AsPodAsync(p => p.BootTimeout = TimeSpan.FromSeconds(2), o =>
        {
            o.Image = Shell;
            o.Arguments.Add("echo no licence here; exit 4");
        });
        var error = await Assert.ThrowsAsync<BootFailedException>(() => Deeds.ProcessAsync().Patiently());
        Assert.Equal(("FLM2008", "kubernetes", "main"), (error.Id, error.Backend, error.Pool));
        Assert.Matches("pod flame-main-[0-9]+-[0-9a-f]{8} exited with code 4; last output: no licence here$", error.Message);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task The_secret_is_not_among_the_last_lines_of_a_program_that_prints_it()
    {
        await using var pools = await AsPodAsync(p => p.BootTimeout = TimeSpan.FromSeconds(2), o =>
        {
            o.Image = Shell;
            o.Arguments.Add("echo I was given $FLAME_PARENT; exit 4");
        });
        _ = Deeds.ProcessAsync();
        Assert.EndsWith("last output: I was given …", (await Log.WhenAsync("FLM3003")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pull", "^waits for its container: ContainerCreating \\(image app:1\\)$")]
    [InlineData("node", "^waits for a node: 0/1 nodes are available: ")]
    public async Task A_boot_that_waits_says_what_for_while_it_waits(string what, string words)
    {
        await using var pools = await AsPodAsync(
            p =>
            {
                p.BootTimeout = TimeSpan.FromMinutes(5);
                if (what == "node") p.Resources.Gpus = 1;
            },
            o => o.UnschedulableAfter = TimeSpan.FromMinutes(5));
        using var held = what == "pull" ? Cluster.Faults.HoldPulls(App) : null;
        var call = Deeds.ProcessAsync();
        var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token;
        while (!Observation.Waits.Of(pools["main"].Executors()).Any(waits => Regex.IsMatch(waits, words))) await Task.Delay(20, patience);

        await pools.DisposeAsync();

        await Assert.ThrowsAnyAsync<FlameException>(() => call.Patiently());
        await NothingIsLeftAsync();
    }

    [Theory]
    [InlineData("program", "it was not ready within 1.5 s \\(BootTimeout\\); pod flame-main-[0-9]+-[0-9a-f]{8} runs and has not connected")]
    [InlineData("pull", "it was not ready within 1.5 s \\(BootTimeout\\); pod flame-main-[0-9]+-[0-9a-f]{8} waits for its container: ContainerCreating \\(image app:1\\)")]
    [InlineData("node", "it was not ready within 1.5 s \\(BootTimeout\\); pod flame-main-[0-9]+-[0-9a-f]{8} waits for a node: 0/1 nodes are available: .*")]
    [InlineData("api", "pod flame-main-[0-9]+-[0-9a-f]{8} could not be created: apiserver is shutting down")]
    public async Task A_boot_that_takes_too_long_says_what_it_waited_for(string what, string words)
    {
        await using var pools = await AsPodAsync(
            p =>
            {
                p.BootTimeout = TimeSpan.FromSeconds(1.5);
                if (what == "node") p.Resources.Gpus = 1;
            },
            o =>
            {
                o.UnschedulableAfter = TimeSpan.FromMinutes(1);
                if (what == "program") o.Image = Idle;
            });
        using var held = what == "pull" ? Cluster.Faults.HoldPulls(App) : what == "api" ? Cluster.Faults.Unavailable(r => r.Verb == "create") : null;

        var error = await Assert.ThrowsAsync<BootFailedException>(() => Deeds.ProcessAsync().Patiently());

        Assert.Matches(words, error.Message);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_pod_that_came_into_being_after_its_boot_was_given_up_is_removed()
    {
        await using var pools = await AsPodAsync();
        await Deeds.ProcessAsync().Patiently();
        var stray = Pods[0];
        foreach (var field in new[] { "uid", "resourceVersion", "creationTimestamp" }) stray.Branch("metadata").Remove(field);
        stray.Branch("metadata")["name"] = "flame-main-9-00000000";
        stray.Branch("spec").Remove("nodeName");
        stray.Branch("spec")["schedulingGates"] = new JsonArray(new JsonObject { ["name"] = "flame.dotnet/secret" });
        stray.Remove("status");
        Cluster.Create(ResourceKind.Pods, stray);

        await Cluster.PodGoneAsync("flame-main-9-00000000", Ct).Patiently();
        Assert.Single(Pods);
    }

    private async Task FailsAsync(string words, Action<KubernetesOptions>? kubernetes = null, Action<FlamePoolOptions>? pool = null)
    {
        await using var pools = await AsPodAsync(pool, kubernetes);
        var error = await Assert.ThrowsAsync<BootFailedException>(() => Deeds.ProcessAsync().Patiently());
        Assert.Equal(1, error.Attempts);
        Assert.Matches($"pod flame-main-1-[0-9a-f]{{8}} {words}", error.Message);
        await NothingIsLeftAsync();
    }
}
