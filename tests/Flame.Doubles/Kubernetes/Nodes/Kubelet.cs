using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Flame.Doubles.Kubernetes;

/// <summary>The agent of every node: runs the pods that are bound to one, and says in their status how they are.</summary>
internal sealed class Kubelet(ObjectStore store, KubernetesOptions options, EventRecorder events, ClusterFaults faults, ServiceAccounts accounts) : BackgroundLoop(store)
{
    public const string HostAddress = "127.0.0.1";

    private readonly ConcurrentDictionary<string, PodRun> _runs = [];
    private readonly ConcurrentDictionary<string, byte> _standIns = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _cutOff = [];
    private int _addresses;

    public KubernetesOptions Options => options;

    public ClusterFaults Faults => faults;

    public TimeProvider Time => Store.Time;

    public PodRun? Run(string ns, string pod) => _runs.Values.FirstOrDefault(r => r.Key.Namespace == ns && r.Key.Name == pod && Store.Get(r.Key).Text("metadata", "uid") == r.Uid);

    public IEnumerable<PodRun> RunsOn(string node) => _runs.Values.Where(r => r.Node == node);

    /// <summary>Of 127.10.0.0/16, all of which is loopback.</summary>
    public string NextAddress()
    {
        var n = Interlocked.Increment(ref _addresses) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"127.10.{n / 250}.{(n % 250) + 1}");
    }

    /// <summary>A pod that no process of the node stands for: it only goes when it is deleted.</summary>
    public void StandIn(string uid) => _standIns[uid] = 0;

    public bool HasImage(string image) => options.Images.ContainsKey(image);

    public LocalImage Image(string image) => options.Images[image];

    public void Record(PodRun run, string type, string reason, string message, string? container) =>
        events.Record(run.Pod, "kubelet", type, reason, message, container, run.Node);

    public IEnumerable<KeyValuePair<string, string>> GivenVariables(PodRun run, string image) =>
        [.. Image(image).Environment, .. accounts.Variables(run.Key.Namespace, run.Pod), new("HOSTNAME", run.Key.Name)];

    /// <summary>From here on the API hears nothing of a node, and the node nothing of the API.</summary>
    public void CutOff(string node) => _cutOff.TryAdd(node, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public void Reconnect(string node)
    {
        if (_cutOff.TryRemove(node, out var cut)) cut.SetResult();
    }

    public async Task ReportAsync(PodRun run, Action<JsonObject> status)
    {
        await ConnectedAsync(run.Node).ConfigureAwait(false);
        Store.TryChange(run.Key, run.Uid, pod =>
        {
            status(pod.Branch("status"));
            return pod;
        });
    }

    /// <summary>The last step of a graceful deletion: the node confirms that nothing of the pod is left.</summary>
    public async Task RemoveAsync(PodRun run)
    {
        await ConnectedAsync(run.Node).ConfigureAwait(false);
        Store.TryChange(run.Key, run.Uid, pod =>
        {
            if (pod.Find("metadata", "finalizers") is not JsonArray { Count: > 0 }) return null;
            pod.Branch("metadata")["deletionGracePeriodSeconds"] = 0;
            return pod;
        });
        _runs.TryRemove(run.Uid, out _);
        accounts.Forget(run.Uid);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        foreach (var node in _cutOff.Keys) Reconnect(node);
        foreach (var run in _runs.Values)
        {
            run.End(null, TimeSpan.Zero);
            run.Removed();
            foreach (var container in run.Containers) container.Signal(MachineProcess.SigCont);
        }

        var runs = _runs.Values.ToArray();
        await Task.WhenAll(runs.Select(r => r.Completion)).ConfigureAwait(false);
        foreach (var run in runs) run.Dispose();
    }

    protected override async Task RunAsync(ChannelReader<ObjectChange> changes, CancellationToken ct)
    {
        await foreach (var change in changes.ReadAllAsync(ct).ConfigureAwait(false))
        {
            if (change.Key.Kind == ResourceKind.Pods && change.Object.Text("spec", "nodeName") is { Length: > 0 } node) Apply(change, node);
        }
    }

    private void Apply(ObjectChange change, string node)
    {
        var uid = change.Object.Text("metadata", "uid")!;
        if (_standIns.ContainsKey(uid))
        {
            if (change.Object.Text("metadata", "deletionTimestamp") is not null && change.Type != "DELETED") Store.TryChange(change.Key, uid, _ => null);
            return;
        }

        if (_runs.TryGetValue(uid, out var run)) _ = TellAsync(run, change, node);
        else if (change.Type != "DELETED" && !PodStatus.IsOver(change.Object)) Begin(change, uid);
    }

    private void Begin(ObjectChange change, string uid)
    {
        var run = _runs[uid] = new PodRun(this, change.Key, change.Object);
        run.Start();
        _ = TellAsync(run, change, run.Node);
    }

    private async Task TellAsync(PodRun run, ObjectChange change, string node)
    {
        await ConnectedAsync(node).ConfigureAwait(false);
        if (change.Type == "DELETED") run.Removed();
        else run.Update(change.Object);
    }

    private Task ConnectedAsync(string node) => _cutOff.TryGetValue(node, out var cut) ? cut.Task : Task.CompletedTask;
}
