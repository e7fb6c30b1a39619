using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>Node objects as a kubelet registers them.</summary>
internal static class NodeObjects
{
    public const string Version = "v1.32.4";

    public static ObjectKey Key(string name) => new(ResourceKind.Nodes, "", name);

    public static JsonObject Create(NodeOptions options, DateTimeOffset now)
    {
        var labels = new JsonObject { ["beta.kubernetes.io/arch"] = "amd64", ["beta.kubernetes.io/os"] = "linux", ["kubernetes.io/arch"] = "amd64", ["kubernetes.io/hostname"] = options.Name, ["kubernetes.io/os"] = "linux" };
        foreach (var (name, value) in options.Labels) labels[name] = value;
        var capacity = new JsonObject();
        foreach (var (resource, amount) in options.Capacity) capacity[resource] = amount;

        var node = new JsonObject
        {
            ["kind"] = "Node", ["apiVersion"] = "v1", ["metadata"] = new JsonObject { ["labels"] = labels }, ["spec"] = new JsonObject(),
            ["status"] = new JsonObject
            {
                ["capacity"] = capacity, ["allocatable"] = capacity.DeepClone(),
                ["addresses"] = new JsonArray(new JsonObject { ["type"] = "InternalIP", ["address"] = Kubelet.HostAddress }, new JsonObject { ["type"] = "Hostname", ["address"] = options.Name }),
                ["daemonEndpoints"] = new JsonObject { ["kubeletEndpoint"] = new JsonObject { ["Port"] = 10250 } },
                ["nodeInfo"] = Info(options.Name),
            },
        };
        if (options.Taints.Count > 0) node["spec"]!["taints"] = options.Taints.Select(t => Taint(t.Key, t.Value, t.Effect)).ToJson();
        Health(node, now, "True", "KubeletReady", "kubelet is posting ready status");
        return node;
    }

    /// <summary>What the node itself says, or the controller that no longer hears of it.</summary>
    public static void Health(JsonObject node, DateTimeOffset now, string ready, string reason, string message)
    {
        var status = node.Branch("status");
        var lost = ready == "Unknown";
        foreach (var (pressure, fine, text) in new[] { ("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"), ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"), ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available") })
        {
            Condition(status, now, pressure, lost ? "Unknown" : "False", lost ? reason : fine, lost ? message : text);
        }

        Condition(status, now, "Ready", ready, reason, message);
        var taints = node.Items("spec", "taints").Where(t => t.Text("key") != "node.kubernetes.io/unreachable").Select(t => (JsonObject)t.DeepClone()).ToList();
        if (lost)
        {
            foreach (var effect in new[] { "NoSchedule", "NoExecute" })
            {
                var taint = Taint("node.kubernetes.io/unreachable", null, effect);
                taint["timeAdded"] = now.Rfc3339();
                taints.Add(taint);
            }
        }

        if (taints.Count > 0) node.Branch("spec")["taints"] = taints.ToJson();
        else node.Branch("spec").Remove("taints");
    }

    private static void Condition(JsonObject status, DateTimeOffset now, string type, string value, string reason, string message)
    {
        PodStatus.Condition(status, now, type, value, reason, message);
        var condition = status.Items("conditions").Single(c => c.Text("type") == type);
        condition.Remove("lastProbeTime");
        condition["lastHeartbeatTime"] = now.Rfc3339();
    }

    private static JsonObject Taint(string key, string? value, string effect)
    {
        var taint = new JsonObject { ["key"] = key, ["effect"] = effect };
        if (!string.IsNullOrEmpty(value)) taint["value"] = value;
        return taint;
    }

    private static JsonObject Info(string name) => new()
    {
        ["machineID"] = name, ["systemUUID"] = name, ["bootID"] = name, ["kernelVersion"] = "6.1.0", ["osImage"] = "Debian GNU/Linux 12 (bookworm)", ["containerRuntimeVersion"] = "containerd://1.7.27",
        ["kubeletVersion"] = Version, ["kubeProxyVersion"] = Version, ["operatingSystem"] = "linux", ["architecture"] = "amd64",
    };
}
