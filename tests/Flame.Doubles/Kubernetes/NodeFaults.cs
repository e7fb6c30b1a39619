using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>This part: nodes, images and containers.</summary>
public sealed partial class ClusterFaults
{
    private readonly ConcurrentDictionary<string, string> _pullFailures = [];
    private readonly ConcurrentDictionary<Guid, (Func<JsonObject, bool>? When, Task Released)> _boots = [];
    private readonly ConcurrentDictionary<Guid, (string Image, Task Released)> _pulls = [];

    /// <summary>Pods stay in ContainerCreating until the fault is disposed.</summary>
    public Fault HoldBoots(Func<JsonObject, bool>? when = null) => Held(released => (_boots, (when, released)));

    /// <summary>The pull of an image does not end before the fault is disposed.</summary>
    public Fault HoldPulls(string image) => Held(released => (_pulls, (image, released)));

    /// <summary>ErrImagePull, ImagePullBackOff, until disposed; the message is what the container runtime says.</summary>
    public Fault FailPulls(string image, string? message = null)
    {
        _pullFailures[image] = message ?? ImageNames.NotFound(image);
        return new Fault(() => _pullFailures.TryRemove(image, out _));
    }

    /// <summary>The kernel kills the container: exit code 137, reason OOMKilled.</summary>
    public void RunOutOfMemory(string pod, string? container = null) => Container(pod, container).KillAs("OOMKilled");

    /// <summary>The container's process gets a signal, as if from within.</summary>
    public void Signal(string pod, int signal, string? container = null) => Container(pod, container).Signal(signal);

    /// <summary>The node's own eviction: phase Failed, reason Evicted; the object stays.</summary>
    public void Evict(string pod, string resource = "memory")
    {
        var run = Run(pod);
        var message = $"The node was low on resource: {resource}. Threshold quantity: 100Mi, available: 20Mi. Container {run.Containers[^1].Name} was using 1Gi, request is 0, has larger consumption of {resource}. ";
        _cluster.Events.Record(run.Pod, "kubelet", "Warning", "Evicted", message, null, run.Node);
        run.End(new Verdict("Evicted", message, "TerminationByKubelet"), TimeSpan.Zero);
    }

    /// <summary>The scheduler takes its place for a pod of higher priority: deleted with its grace period.</summary>
    public void Preempt(string pod)
    {
        var run = Run(pod);
        _cluster.Events.Record(run.Pod, "default-scheduler", "Normal", "Preempted", "Preempted by pod 00000000-0000-0000-0000-000000000001 on node " + run.Node);
        Disrupt(run, "PreemptionByScheduler", "default-scheduler: preempting to accommodate a higher priority pod");
        Delete(run);
    }

    /// <summary>
    /// A node falls silent: its processes are stopped (or dead), no status comes from it, and the control plane marks it
    /// Unknown and its pods not ready.
    /// </summary>
    public void LoseNode(string? node = null, bool kill = false)
    {
        node ??= _cluster.Options.Nodes[0].Name;
        _cluster.Kubelet.CutOff(node);
        foreach (var container in _cluster.Kubelet.RunsOn(node).SelectMany(r => r.Containers)) container.Signal(kill ? MachineProcess.SigKill : MachineProcess.SigStop);
        MarkNode(node, "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.");
        foreach (var run in _cluster.Kubelet.RunsOn(node))
        {
            _cluster.Events.Record(run.Pod, "node-controller", "Warning", "NodeNotReady", "Node is not ready");
            Change(run, pod => PodStatus.Condition(pod.Branch("status"), Now, "Ready", "False"));
        }
    }

    /// <summary>The lost node has been silent for the five minutes that pods tolerate: they are to be deleted, which it does not hear.</summary>
    public void GiveUpNode(string? node = null)
    {
        foreach (var run in _cluster.Kubelet.RunsOn(node ?? _cluster.Options.Nodes[0].Name))
        {
            Disrupt(run, "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint");
            Change(run, pod =>
            {
                pod.Branch("status")["reason"] = "NodeLost";
                pod.Branch("status")["message"] = $"Node {run.Node} which was running pod {run.Key.Name} is unresponsive";
            });
            Delete(run);
        }
    }

    /// <summary>The lost node's object is removed, and with it, forcibly, its pods.</summary>
    public void RemoveNode(string? node = null)
    {
        node ??= _cluster.Options.Nodes[0].Name;
        _cluster.Store.TryChange(NodeObjects.Key(node), null, _ => null);
        foreach (var run in _cluster.Kubelet.RunsOn(node))
        {
            Disrupt(run, "DeletionByPodGC", "PodGC: node no longer exists");
            Change(run, pod => pod.Branch("status")["phase"] = "Failed");
            _cluster.Store.TryChange(run.Key, run.Uid, _ => null);
        }
    }

    /// <summary>The node is heard of again: stopped processes go on, and it learns what it missed.</summary>
    public void ReturnNode(string? node = null)
    {
        node ??= _cluster.Options.Nodes[0].Name;
        foreach (var container in _cluster.Kubelet.RunsOn(node).SelectMany(r => r.Containers)) container.Signal(MachineProcess.SigCont);
        MarkNode(node, "True", "KubeletReady", "kubelet is posting ready status");
        _cluster.Kubelet.Reconnect(node);
        foreach (var run in _cluster.Kubelet.RunsOn(node)) _ = run.ReportAsync();
    }

    internal string? PullFailure(string image) => _pullFailures.GetValueOrDefault(image);

    internal Task PullAsync(string image, CancellationToken ct) =>
        Task.WhenAll(_pulls.Values.Where(p => p.Image == image).Select(p => p.Released)).WaitAsync(ct);

    internal Task BootAsync(JsonObject pod, CancellationToken ct) =>
        Task.WhenAll(_boots.Values.Where(b => b.When?.Invoke(pod) ?? true).Select(b => b.Released)).WaitAsync(ct);

    private DateTimeOffset Now => _cluster.Store.Time.GetUtcNow();

    private static Fault Held<T>(Func<Task, (ConcurrentDictionary<Guid, T> Where, T What)> make)
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (where, what) = make(released.Task);
        var id = Guid.NewGuid();
        where[id] = what;
        return new Fault(() =>
        {
            where.TryRemove(id, out _);
            released.SetResult();
        });
    }

    private PodRun Run(string pod) => _cluster.Kubelet.Run(_cluster.Options.Namespace, pod) ?? throw new InvalidOperationException($"no node runs a pod {pod}");

    private ContainerRun Container(string pod, string? container) => Run(pod).Containers.Last(c => container is null || c.Name == container);

    private void MarkNode(string node, string ready, string reason, string message) => _cluster.Store.TryChange(NodeObjects.Key(node), null, o =>
    {
        NodeObjects.Health(o, Now, ready, reason, message);
        return o;
    });

    private void Disrupt(PodRun run, string reason, string message) =>
        Change(run, pod => PodStatus.Condition(pod.Branch("status"), Now, "DisruptionTarget", "True", reason, message));

    private void Change(PodRun run, Action<JsonObject> change) => _cluster.Store.TryChange(run.Key, run.Uid, pod =>
    {
        change(pod);
        return pod;
    });

    private void Delete(PodRun run) => _cluster.Store.TryChange(run.Key, run.Uid, pod => Deletion.Begin(_cluster.Store.Time, ResourceKind.Pods, pod, null));
}
