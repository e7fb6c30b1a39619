namespace Flame.Kubernetes.Tests.Units;

/// <summary>Statuses as the kubelet and the controllers of Kubernetes 1.32 write them.</summary>
public sealed class PodWordsTests
{
    private const string Scheduled = "{type: PodScheduled, status: 'True'}";

    [Theory]
    [InlineData("phase: Pending", "waits for a node")]
    [InlineData("{phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: SchedulingGated, message: Scheduling is blocked due to non-empty scheduling gates}]}", "waits for a node")]
    [InlineData("{phase: Pending, conditions: [" + Scheduled + "]}", "waits for node node-1")]
    [InlineData("{phase: Pending, conditions: [" + Scheduled + "], containerStatuses: [{name: executor, image: 'app:1', state: {waiting: {reason: ContainerCreating}}}]}", "waits for its container: ContainerCreating (image app:1)")]
    [InlineData("{phase: Pending, initContainerStatuses: [{name: fetch, state: {running: {}}}], containerStatuses: [{name: executor, image: 'app:1', state: {waiting: {reason: PodInitializing}}}]}", "waits for its init container fetch")]
    [InlineData("{phase: Pending, initContainerStatuses: [{name: done, state: {terminated: {exitCode: 0}}}, {name: fetch, state: {waiting: {reason: PodInitializing}}}], containerStatuses: [{name: executor, state: {waiting: {reason: PodInitializing}}}]}", "waits for its init container fetch: PodInitializing")]
    [InlineData("{phase: Pending, initContainerStatuses: [{name: done, state: {terminated: {exitCode: 0}}}], containerStatuses: [{name: executor, image: 'app:1', state: {waiting: {reason: PodInitializing}}}]}", "waits for its container: PodInitializing (image app:1)")]
    [InlineData("{phase: Pending, containerStatuses: [{name: executor, image: 'app:1', state: {waiting: {reason: CreateContainerConfigError, message: 'failed to sync secret cache: timed out waiting for the condition'}}}]}", "waits for its container: CreateContainerConfigError: failed to sync secret cache: timed out waiting for the condition (image app:1)")]
    [InlineData("{phase: Running, containerStatuses: [{name: executor, ready: true, state: {running: {}}}]}", "runs and has not connected")]
    public void What_a_pod_waits_for_is_told(string status, string waits)
    {
        var words = PodWords.Of(Pods.With(status));
        Assert.Equal((null, waits, null, null), (words.Exit, words.WaitsFor, words.Trouble, words.Unschedulable));
        Assert.Equal(waits.StartsWith("runs", StringComparison.Ordinal), words.IsRunning);
    }

    [Theory]
    [InlineData("phase: Pending", false)]
    [InlineData("{phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: SchedulingGated}]}", false)]
    [InlineData("{phase: Pending, conditions: [" + Scheduled + "]}", true)]
    public void A_pod_has_its_node_when_the_scheduler_says_so(string status, bool has) => Assert.Equal(has, PodWords.IsScheduled(Pods.With(status)));

    [Fact]
    public void A_pod_that_no_node_takes_has_the_words_of_the_scheduler()
    {
        var words = PodWords.Of(Pods.With("{phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.'}]}"));
        Assert.Equal("cannot be scheduled: 0/1 nodes are available: 1 Insufficient nvidia.com/gpu.", words.Unschedulable);
        Assert.Equal("waits for a node: 0/1 nodes are available: 1 Insufficient nvidia.com/gpu.", words.WaitsFor);
        Assert.Null(words.Exit);
    }

    [Theory]
    [InlineData("InvalidImageName", "Failed to apply default image tag \"App\": couldn't parse image name \"App\": invalid reference format: repository name (library/App) must be lowercase", true)]
    [InlineData("ErrImageNeverPull", "Container image \"app:1\" is not present with pull policy of Never", true)]
    [InlineData("ImageInspectError", "Failed to inspect image \"app:1\": rpc error: code = Unknown desc = no such image", true)]
    [InlineData("SignatureValidationFailed", "image pull failed for app:1 because the signature validation failed: no signature", true)]
    [InlineData("ErrImagePull", "rpc error: code = NotFound desc = failed to pull and unpack image \"docker.io/library/app:1\": failed to resolve reference \"docker.io/library/app:1\": docker.io/library/app:1: not found", true)]
    [InlineData("ErrImagePull", "failed to pull and unpack image \"docker.io/acme/app:1\": failed to resolve reference \"docker.io/acme/app:1\": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed", true)]
    [InlineData("ErrImagePull", "failed to pull and unpack image \"ghcr.io/acme/app:1\": failed to resolve reference \"ghcr.io/acme/app:1\": failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token: 403 Forbidden", true)]
    [InlineData("ErrImagePull", "failed to pull and unpack image \"app:1\": no match for platform in manifest: not found", true)]
    [InlineData("ImagePullBackOff", "Back-off pulling image \"app:1\": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image \"docker.io/library/app:1\": docker.io/library/app:1: not found", true)]
    [InlineData("ImagePullBackOff", "Back-off pulling image \"app:1\"", false)]
    [InlineData("ErrImagePull", "failed to pull and unpack image \"r.local/app:1\": failed to resolve reference \"r.local/app:1\": failed to do request: Head \"https://r.local/v2/app/manifests/1\": dial tcp: lookup r.local on 10.96.0.10:53: no such host", false)]
    [InlineData("ErrImagePull", "failed to pull and unpack image \"r.local/app:1\": failed to do request: Head \"https://r.local/v2/app/manifests/1\": dial tcp 10.0.0.9:443: i/o timeout", false)]
    [InlineData("ErrImagePull", "failed to pull and unpack image \"docker.io/library/app:1\": unexpected status from HEAD request to https://registry-1.docker.io/v2/library/app/manifests/1: 429 Too Many Requests", false)]
    [InlineData("RegistryUnavailable", "image pull failed for app:1 because the registry is unavailable: 503 Service Unavailable", false)]
    public void An_image_that_does_not_come_ends_the_boot_and_the_next_too_if_it_never_will(string reason, string message, bool permanent)
    {
        var exit = PodWords.Of(Waiting(reason, message)).Exit!;
        Assert.Equal(($"has no image app:1: {reason}: {message}", permanent), (exit.Reason, exit.Permanent));
    }

    [Theory]
    [InlineData("CreateContainerConfigError", "configmap \"settings\" not found", "is not possible: CreateContainerConfigError: configmap \"settings\" not found", true)]
    [InlineData("CreateContainerConfigError", "container has runAsNonRoot and image will run as root (pod: \"x\", container: executor)", "is not possible: CreateContainerConfigError: container has runAsNonRoot and image will run as root (pod: \"x\", container: executor)", true)]
    [InlineData("CreateContainerError", "context deadline exceeded", "could not be started: CreateContainerError: context deadline exceeded", false)]
    [InlineData("RunContainerError", "context deadline exceeded", "could not be started: RunContainerError: context deadline exceeded", false)]
    [InlineData("PostStartHookError", null, "could not be started: PostStartHookError", false)]
    [InlineData("CrashLoopBackOff", "back-off 10s restarting failed container=executor pod=x", "ended at once: CrashLoopBackOff: back-off 10s restarting failed container=executor pod=x", false)]
    public void A_container_that_cannot_be_made_ends_the_boot(string reason, string? message, string words, bool permanent)
    {
        var exit = PodWords.Of(Waiting(reason, message)).Exit!;
        Assert.Equal((words, permanent), (exit.Reason, exit.Permanent));
    }

    [Fact]
    public void An_init_container_that_cannot_run_ends_the_boot()
    {
        var exit = PodWords.Of(Pods.With("{phase: Pending, initContainerStatuses: [{name: fetch, image: 'fetch:1', state: {waiting: {reason: ErrImageNeverPull, message: not here}}}], containerStatuses: [{name: executor, image: 'app:1', state: {waiting: {reason: PodInitializing}}}]}")).Exit!;
        Assert.Equal(("has no image fetch:1: ErrImageNeverPull: not here", true), (exit.Reason, exit.Permanent));
    }

    [Theory]
    [InlineData("{phase: Succeeded, containerStatuses: [{name: executor, state: {terminated: {exitCode: 0, reason: Completed}}}]}", "exited with code 0")]
    [InlineData("{phase: Failed, containerStatuses: [{name: executor, state: {terminated: {exitCode: 3, reason: Error}}}]}", "exited with code 3")]
    [InlineData("{phase: Failed, containerStatuses: [{name: executor, state: {terminated: {exitCode: 3, reason: Error, message: \"one\\n two\\n\\n\"}}}]}", "exited with code 3; last output: one | two")]
    [InlineData("{phase: Failed, containerStatuses: [{name: executor, state: {terminated: {exitCode: 139, reason: Error}}}]}", "killed by SIGSEGV (a crash in native code)")]
    [InlineData("{phase: Failed, containerStatuses: [{name: executor, state: {terminated: {exitCode: 0, signal: 15, reason: Error}}}]}", "killed by SIGTERM")]
    [InlineData("{phase: Failed, containerStatuses: [{name: executor, state: {terminated: {exitCode: 137, reason: OOMKilled}}}]}", "out of memory (OOMKilled)")]
    [InlineData("{phase: Failed, containerStatuses: [{name: executor, state: {terminated: {exitCode: 137, reason: ContainerStatusUnknown, message: The container could not be located when the pod was terminated}}}]}", "ended unseen: The container could not be located when the pod was terminated")]
    [InlineData("{phase: Running, containerStatuses: [{name: proxy, state: {running: {}}}, {name: executor, state: {terminated: {exitCode: 1, reason: Error}}}]}", "exited with code 1")]
    [InlineData("{phase: Failed, initContainerStatuses: [{name: fetch, state: {terminated: {exitCode: 4, reason: Error, message: no net}}}], containerStatuses: [{name: executor, state: {waiting: {reason: PodInitializing}}}]}", "could not begin: its init container fetch exited with code 4; last output: no net")]
    [InlineData("{phase: Failed, reason: Evicted, message: 'The node was low on resource: memory. ', conditions: [{type: DisruptionTarget, status: 'True', reason: TerminationByKubelet, message: 'The node was low on resource: memory. '}], containerStatuses: [{name: executor, state: {terminated: {exitCode: 143, reason: Error}}}]}", "Evicted: The node was low on resource: memory. (killed by SIGTERM)")]
    [InlineData("{phase: Failed, reason: Evicted, message: 'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. '}", "Evicted: Pod ephemeral local storage usage exceeds the total limit of containers 1Gi.")]
    [InlineData("{phase: Failed, reason: Preempting, message: Preempted in order to admit critical pod}", "Preempting: Preempted in order to admit critical pod")]
    [InlineData("{phase: Failed, reason: Terminated, message: Pod was terminated in response to imminent node shutdown., conditions: [{type: DisruptionTarget, status: 'True', reason: TerminationByKubelet, message: Pod was terminated in response to imminent node shutdown.}], containerStatuses: [{name: executor, state: {terminated: {exitCode: 0, reason: Completed}}}]}", "Terminated: Pod was terminated in response to imminent node shutdown. (exited with code 0)")]
    [InlineData("{phase: Failed, reason: NodeShutdown, message: Pod was rejected as the node is shutting down.}", "NodeShutdown: Pod was rejected as the node is shutting down.")]
    [InlineData("{phase: Failed, reason: DeadlineExceeded, message: Pod was active on the node longer than the specified deadline, containerStatuses: [{name: executor, state: {terminated: {exitCode: 137, reason: Error}}}]}", "DeadlineExceeded: Pod was active on the node longer than the specified deadline (killed by SIGKILL (kill -9, or the kernel's out-of-memory killer))")]
    [InlineData("{phase: Failed, reason: OutOfcpu, message: \"Pod was rejected: Node didn't have enough resource: cpu, requested: 100, used: 64, capacity: 64\"}", "OutOfcpu: Pod was rejected: Node didn't have enough resource: cpu, requested: 100, used: 64, capacity: 64")]
    [InlineData("{phase: Failed, conditions: [{type: DisruptionTarget, status: 'True', reason: PreemptionByScheduler, message: 'default-scheduler: preempting to accommodate a higher priority pod'}], containerStatuses: [{name: executor, state: {terminated: {exitCode: 0, reason: Completed}}}]}", "PreemptionByScheduler: default-scheduler: preempting to accommodate a higher priority pod (exited with code 0)")]
    [InlineData("phase: Failed", "ended (Failed)")]
    public void An_end_has_its_reason(string status, string words)
    {
        var exit = PodWords.Of(Pods.With(status)).Exit!;
        Assert.Equal((words, false), (exit.Reason, exit.Permanent));
    }

    [Fact]
    public void Of_many_lines_the_last_are_told_and_before_them_what_the_runtime_said_of_a_crash()
    {
        var message = string.Join("\\n", ["hello", "Unhandled exception. System.Exception: no", .. Enumerable.Range(0, 30).Select(i => $"at {i}")]);
        var exit = PodWords.Of(Pods.With($"{{phase: Failed, containerStatuses: [{{name: executor, state: {{terminated: {{exitCode: 134, reason: Error, message: \"{message}\"}}}}}}]}}")).Exit!;
        Assert.EndsWith("last output: Unhandled exception. System.Exception: no | " + string.Join(" | ", Enumerable.Range(10, 20).Select(i => $"at {i}")), exit.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_is_not_in_the_image_never_will_be()
    {
        var exit = PodWords.Of(Pods.With("{phase: Failed, containerStatuses: [{name: executor, state: {terminated: {exitCode: 128, reason: StartError, message: 'exec: \"/app\": stat /app: no such file or directory: unknown'}}}]}")).Exit!;
        Assert.Equal(("could not be started: exec: \"/app\": stat /app: no such file or directory: unknown", true), (exit.Reason, exit.Permanent));
    }

    [Theory]
    [InlineData("{phase: Running, reason: NodeLost, message: Node node-1 which was running pod x is unresponsive}", "was lost with its node: Node node-1 which was running pod x is unresponsive")]
    [InlineData("{phase: Running, conditions: [{type: DisruptionTarget, status: 'True', reason: DeletionByTaintManager, message: 'Taint manager: deleting due to NoExecute taint'}], containerStatuses: [{name: executor, ready: true, state: {running: {}}}]}", "was lost with its node node-1: Taint manager: deleting due to NoExecute taint")]
    [InlineData("{phase: Running, conditions: [{type: DisruptionTarget, status: 'True', reason: DeletionByPodGC, message: 'PodGC: node no longer exists'}]}", "was lost with its node node-1: PodGC: node no longer exists")]
    public void A_node_that_is_given_up_takes_its_pods_along(string status, string words) =>
        Assert.Equal((words, false), (PodWords.Of(Pods.With(status, deleted: true)).Exit!.Reason, false));

    [Theory]
    [InlineData("{type: Ready, status: 'False'}", "its node node-1 does not answer the cluster")]
    [InlineData("{type: DisruptionTarget, status: 'True', reason: EvictionByEvictionAPI, message: 'Eviction API: evicting'}", "EvictionByEvictionAPI: Eviction API: evicting")]
    [InlineData("{type: DisruptionTarget, status: 'True', reason: PreemptionByScheduler, message: preempting}", "PreemptionByScheduler: preempting")]
    [InlineData("{type: DisruptionTarget, status: 'True', reason: DeletionByTaintManager, message: deleting}", "DeletionByTaintManager: deleting")]
    [InlineData("{type: Ready, status: 'True'}", null)]
    public void What_the_cluster_suspects_of_a_pod_that_runs_is_trouble_and_no_end(string condition, string? trouble)
    {
        var words = PodWords.Of(Pods.With($"{{phase: Running, conditions: [{condition}], containerStatuses: [{{name: executor, ready: true, state: {{running: {{}}}}}}]}}"));
        Assert.Equal((null, trouble, true), (words.Exit, words.Trouble, words.IsRunning));
    }

    [Fact]
    public void A_container_that_is_not_ready_by_itself_says_nothing_of_its_node() =>
        Assert.Null(PodWords.Of(Pods.With("{phase: Running, conditions: [{type: Ready, status: 'False'}], containerStatuses: [{name: executor, ready: false, state: {running: {}}}]}")).Trouble);

    [Theory]
    [InlineData("phase: Running", "was deleted from the cluster")]
    [InlineData("{phase: Running, conditions: [{type: DisruptionTarget, status: 'True', reason: EvictionByEvictionAPI, message: 'Eviction API: evicting'}]}", "was deleted: EvictionByEvictionAPI: Eviction API: evicting")]
    [InlineData("{phase: Failed, containerStatuses: [{name: executor, state: {terminated: {exitCode: 137, reason: OOMKilled}}}]}", "out of memory (OOMKilled)")]
    public void A_pod_that_is_no_more_ended_as_it_last_said(string status, string words) => Assert.Equal(words, PodWords.Deleted(Pods.With(status)).Reason);

    private static k8s.Models.V1Pod Waiting(string reason, string? message)
    {
        var pod = Pods.With("{phase: Pending, containerStatuses: [{name: executor, image: 'app:1', state: {waiting: {}}}]}");
        (pod.Status.ContainerStatuses[0].State.Waiting.Reason, pod.Status.ContainerStatuses[0].State.Waiting.Message) = (reason, message);
        return pod;
    }
}
