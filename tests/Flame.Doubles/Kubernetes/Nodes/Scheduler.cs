using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Flame.Doubles.Kubernetes;

/// <summary>Binds pods that no gate holds back to a node that has room, and says of the others why not.</summary>
internal sealed class Scheduler(ObjectStore store, EventRecorder events) : BackgroundLoop(store)
{
    protected override async Task RunAsync(ChannelReader<ObjectChange> changes, CancellationToken ct)
    {
        Pass();
        while (await changes.WaitToReadAsync(ct).ConfigureAwait(false))
        {
            var concerned = false;
            while (changes.TryRead(out var change)) concerned |= change.Key.Kind == ResourceKind.Pods || change.Key.Kind == ResourceKind.Nodes;
            if (concerned) Pass();
        }
    }

    private void Pass()
    {
        var pods = Store.List(ResourceKind.Pods).Items;
        var nodes = Store.List(ResourceKind.Nodes).Items;
        var bound = pods.Where(p => Node(p).Length > 0 && !PodStatus.IsOver(p)).ToList();
        foreach (var pod in pods.Where(IsWaiting).OrderBy(p => p.Number("metadata", "resourceVersion")))
        {
            if (Place(pod, nodes, bound) is not { } placed) continue;
            bound.Add(placed);
        }
    }

    private JsonObject? Place(JsonObject pod, IReadOnlyList<JsonObject> nodes, List<JsonObject> bound)
    {
        var refusals = new List<string>();
        var preemptable = 0;
        foreach (var node in nodes)
        {
            var name = node.Text("metadata", "name")!;
            var reasons = NodeFilter.Reasons(pod, node, bound.Where(b => Node(b) == name), out var helps);
            if (reasons.Count == 0) return Bind(pod, name);
            refusals.AddRange(reasons);
            preemptable += helps ? 1 : 0;
        }

        Refuse(pod, Explain(nodes.Count, refusals, preemptable));
        return null;
    }

    private JsonObject? Bind(JsonObject pod, string node)
    {
        JsonObject? bound = null;
        Store.TryChange(ObjectKey.Of(ResourceKind.Pods, pod), pod.Text("metadata", "uid"), present =>
        {
            if (!IsWaiting(present)) return present;
            present.Branch("spec")["nodeName"] = node;
            PodStatus.Condition(present.Branch("status"), Store.Time.GetUtcNow(), "PodScheduled", "True");
            return bound = present;
        });
        if (bound is not null) events.Record(bound, "default-scheduler", "Normal", "Scheduled", $"Successfully assigned {bound.Text("metadata", "namespace")}/{bound.Text("metadata", "name")} to {node}");
        return bound;
    }

    private void Refuse(JsonObject pod, string message)
    {
        if (pod.Items("status", "conditions").Any(c => c.Text("message") == message)) return;
        Store.TryChange(ObjectKey.Of(ResourceKind.Pods, pod), pod.Text("metadata", "uid"), present =>
        {
            PodStatus.Condition(present.Branch("status"), Store.Time.GetUtcNow(), "PodScheduled", "False", "Unschedulable", message);
            return present;
        });
        events.Record(pod, "default-scheduler", "Warning", "FailedScheduling", message);
    }

    private static string Explain(int nodes, List<string> refusals, int preemptable)
    {
        if (nodes == 0) return "no nodes available to schedule pods";
        var reasons = string.Join(", ", refusals.GroupBy(r => r).Select(g => $"{g.Count()} {g.Key}").Order(StringComparer.Ordinal));
        var help = new List<string>();
        if (nodes > preemptable) help.Add($"{nodes - preemptable} Preemption is not helpful for scheduling");
        if (preemptable > 0) help.Add($"{preemptable} No preemption victims found for incoming pod");
        return $"0/{nodes} nodes are available: {reasons}. preemption: 0/{nodes} nodes are available: {string.Join(", ", help.Order(StringComparer.Ordinal))}.";
    }

    private static bool IsWaiting(JsonObject pod) =>
        Node(pod).Length == 0 && pod.Items("spec", "schedulingGates").Length == 0 && pod.Text("metadata", "deletionTimestamp") is null && !PodStatus.IsOver(pod);

    private static string Node(JsonObject pod) => pod.Text("spec", "nodeName") ?? "";
}
