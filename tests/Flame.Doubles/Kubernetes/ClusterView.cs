using System.Globalization;
using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>This part: what a test sees and puts there past the API.</summary>
public sealed partial class KubernetesDouble
{
    /// <summary>Copies of all pods of the namespace.</summary>
    public IReadOnlyList<JsonObject> Pods => Objects(ResourceKind.Pods);

    public IReadOnlyList<JsonObject> Secrets => Objects(ResourceKind.Secrets);

    public IReadOnlyList<JsonObject> Objects(ResourceKind kind) => Store.List(kind, kind.Namespaced ? Options.Namespace : null).Items;

    public JsonObject? Pod(string name) => Store.Get(ObjectKey.Pod(Options.Namespace, name));

    /// <summary>The process of a pod's container, the last one if no name is given.</summary>
    public MachineProcess? Process(string pod, string? container = null) =>
        Kubelet.Run(Options.Namespace, pod)?.Containers.LastOrDefault(c => container is null || c.Name == container)?.Process;

    /// <summary>The lines that a pod's container has printed so far.</summary>
    public IReadOnlyList<string> Log(string pod, string? container = null) =>
        [.. (Kubelet.Run(Options.Namespace, pod)?.Containers.LastOrDefault(c => container is null || c.Name == container)?.Log.Read(0).Lines ?? []).Select(l => l.Line)];

    /// <summary>The first line that a running pod's container prints, or has printed, that is so.</summary>
    public async Task<string> LineAsync(string pod, Func<string, bool> predicate, CancellationToken ct)
    {
        var log = Kubelet.Run(Options.Namespace, pod)?.Containers[^1].Log ?? throw new InvalidOperationException($"no node runs a pod {pod}");
        while (true)
        {
            var (lines, ended, more) = log.Read(0);
            if (lines.Select(l => l.Line).FirstOrDefault(predicate) is { } line) return line;
            if (ended) throw new InvalidOperationException($"the container of pod {pod} has ended without such a line");
            await more.WaitAsync(ct).ConfigureAwait(false);
        }
    }

    /// <summary>The pod as soon as it is so.</summary>
    public Task<JsonObject> PodAsync(string name, Func<JsonObject, bool> predicate, CancellationToken ct) =>
        ObjectAsync(ResourceKind.Pods, o => o.Text("metadata", "name") == name && predicate(o), ct);

    /// <summary>The first object of the namespace that is so, as soon as there is one.</summary>
    public async Task<JsonObject> ObjectAsync(ResourceKind kind, Func<JsonObject, bool> predicate, CancellationToken ct)
    {
        var ns = kind.Namespaced ? Options.Namespace : null;
        var (items, _, changes) = Store.ListAndSubscribe(kind, ns);
        using var subscription = changes;
        if (items.FirstOrDefault(predicate) is { } present) return present;
        await foreach (var change in changes.Reader.ReadAllAsync(ct).ConfigureAwait(false))
        {
            if (change.Key.Kind == kind && (ns is null || change.Key.Namespace == ns) && change.Type != "DELETED" && predicate(change.Object)) return change.Object.Copy();
        }

        throw new InvalidOperationException("the cluster is gone");
    }

    /// <summary>Completes when the namespace has no such object (any more).</summary>
    public async Task GoneAsync(ResourceKind kind, Func<JsonObject, bool> predicate, CancellationToken ct)
    {
        using var changes = Store.Subscribe();
        while (Objects(kind).Any(predicate)) await changes.Reader.ReadAsync(ct).ConfigureAwait(false);
    }

    public Task PodGoneAsync(string name, CancellationToken ct) => GoneAsync(ResourceKind.Pods, p => p.Text("metadata", "name") == name, ct);

    /// <summary>Puts an object there as the API would, defaults and rules included.</summary>
    public JsonObject Create(ResourceKind kind, JsonObject o)
    {
        o = o.Copy();
        ObjectDefaults.Apply(kind, Options.Namespace, o);
        ObjectRules.Check(kind, o);
        return Store.Create(new ObjectKey(kind, kind.Namespaced ? Options.Namespace : "", o.Text("metadata", "name")!), o);
    }

    /// <summary>Changes an object as one step, as someone else in the cluster would.</summary>
    public void Change(ResourceKind kind, string name, Action<JsonObject> change) => Store.Change(new ObjectKey(kind, kind.Namespaced ? Options.Namespace : "", name), o =>
    {
        change(o);
        return o;
    });

    /// <summary>Deletes an object as the API would.</summary>
    public void Delete(ResourceKind kind, string name, long? gracePeriodSeconds = null) =>
        Store.Change(new ObjectKey(kind, kind.Namespaced ? Options.Namespace : "", name), o => Deletion.Begin(Store.Time, kind, o, gracePeriodSeconds));

    /// <summary>
    /// A pod that stands for the test process itself: Running at 127.0.0.1, with no process of its own. Its deletion takes
    /// along what it owns.
    /// </summary>
    public JsonObject CreateParentPod(string name, string image, Action<JsonObject>? change = null)
    {
        var pod = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = image }) },
        };
        change?.Invoke(pod);
        ObjectDefaults.Apply(ResourceKind.Pods, Options.Namespace, pod);
        ObjectRules.Check(ResourceKind.Pods, pod);
        var now = Store.Time.GetUtcNow();
        pod.Branch("metadata")["uid"] = Guid.NewGuid().ToString();
        pod.Branch("spec")["nodeName"] = Options.Nodes[0].Name;
        var status = pod.Branch("status");
        (status["phase"], status["podIP"], status["hostIP"], status["startTime"]) = ("Running", Kubelet.HostAddress, Kubelet.HostAddress, now.Rfc3339());
        status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = Kubelet.HostAddress });
        status["hostIPs"] = new JsonArray(new JsonObject { ["ip"] = Kubelet.HostAddress });
        foreach (var condition in new[] { "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled" }) PodStatus.Condition(status, now, condition, "True");
        status["containerStatuses"] = pod.Items("spec", "containers").Select(c => new JsonObject
        {
            ["name"] = c.Text("name"), ["image"] = ImageNames.Full(c.Text("image")!), ["imageID"] = ImageNames.Id(c.Text("image")!), ["ready"] = true, ["started"] = true, ["restartCount"] = 0,
            ["state"] = new JsonObject { ["running"] = new JsonObject { ["startedAt"] = now.Rfc3339() } }, ["lastState"] = new JsonObject(), ["containerID"] = "containerd://" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture),
        }).ToJson();
        Kubelet.StandIn(pod.Text("metadata", "uid")!);
        return Store.Create(ObjectKey.Pod(Options.Namespace, name), pod);
    }
}
