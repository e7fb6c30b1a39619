using System.Globalization;
using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>Objects as a client prints them: the columns are the server's choice.</summary>
internal static class TableView
{
    private static readonly (string Name, int Priority)[] s_pod = [("Name", 0), ("Ready", 0), ("Status", 0), ("Restarts", 0), ("Age", 0), ("IP", 1), ("Node", 1), ("Nominated Node", 1), ("Readiness Gates", 1)];
    private static readonly (string Name, int Priority)[] s_event = [("Last Seen", 0), ("Type", 0), ("Reason", 0), ("Object", 0), ("Message", 0)];
    private static readonly (string Name, int Priority)[] s_secret = [("Name", 0), ("Type", 0), ("Data", 0), ("Age", 0)];
    private static readonly (string Name, int Priority)[] s_node = [("Name", 0), ("Status", 0), ("Roles", 0), ("Age", 0), ("Version", 0)];
    private static readonly (string Name, int Priority)[] s_other = [("Name", 0), ("Age", 0)];

    public static JsonObject Of(ResourceKind kind, IReadOnlyList<JsonObject> objects, string revision, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var columns = kind.Plural switch { "pods" => s_pod, "events" => s_event, "secrets" => s_secret, "nodes" => s_node, _ => s_other };
        return new JsonObject
        {
            ["kind"] = "Table", ["apiVersion"] = "meta.k8s.io/v1", ["metadata"] = new JsonObject { ["resourceVersion"] = revision },
            ["columnDefinitions"] = columns.Select(c => new JsonObject { ["name"] = c.Name, ["type"] = "string", ["format"] = c.Name == "Name" ? "name" : "", ["description"] = c.Name, ["priority"] = c.Priority }).ToJson(),
            ["rows"] = objects.Select(o => Row(kind, o, now)).ToJson(),
        };
    }

    private static JsonObject Row(ResourceKind kind, JsonObject o, DateTimeOffset now)
    {
        var (name, age) = (o.Text("metadata", "name")!, Age(o.Text("metadata", "creationTimestamp"), now));
        string[] cells = kind.Plural switch
        {
            "pods" => Pod(o, name, age),
            "events" => [Age(o.Text("lastTimestamp"), now), o.Text("type") ?? "", o.Text("reason") ?? "", $"{o.Text("involvedObject", "kind")?.ToLowerInvariant()}/{o.Text("involvedObject", "name")}", o.Text("message") ?? ""],
            "secrets" => [name, o.Text("type") ?? "", ((o["data"] as JsonObject)?.Count ?? 0).ToString(CultureInfo.InvariantCulture), age],
            "nodes" => [name, o.Items("status", "conditions").Any(c => c.Text("type") == "Ready" && c.Text("status") == "True") ? "Ready" : "NotReady", "<none>", age, NodeObjects.Version],
            _ => [name, age],
        };
        return new JsonObject
        {
            ["cells"] = new JsonArray([.. cells.Select(c => JsonValue.Create(c))]),
            ["object"] = new JsonObject { ["kind"] = "PartialObjectMetadata", ["apiVersion"] = "meta.k8s.io/v1", ["metadata"] = o["metadata"]!.DeepClone() },
        };
    }

    private static string[] Pod(JsonObject pod, string name, string age)
    {
        var containers = pod.Items("status", "containerStatuses");
        var restarts = containers.Sum(c => c.Number("restartCount") ?? 0);
        return
        [
            name, $"{containers.Count(c => c.Flag("ready"))}/{pod.Items("spec", "containers").Length}", State(pod, containers), restarts.Text(), age,
            pod.Text("status", "podIP") ?? "<none>", pod.Text("spec", "nodeName") ?? "<none>", "<none>", "<none>",
        ];
    }

    private static string State(JsonObject pod, JsonObject[] containers)
    {
        var state = pod.Text("status", "reason") ?? pod.Text("status", "phase") ?? "";
        if (pod.Items("status", "conditions").Any(c => c.Text("reason") == "SchedulingGated")) state = "SchedulingGated";
        foreach (var container in containers)
        {
            if (container.Text("state", "waiting", "reason") is { } waits) state = waits;
            else if (container.Text("state", "terminated", "reason") is { } ended && pod.Text("status", "reason") is null) state = ended;
        }

        if (pod.Text("metadata", "deletionTimestamp") is null) return state;
        return pod.Text("status", "reason") == "NodeLost" ? "Unknown" : "Terminating";
    }

    private static string Age(string? since, DateTimeOffset now)
    {
        if (since is null) return "<unknown>";
        var age = now - DateTimeOffset.Parse(since, CultureInfo.InvariantCulture);
        return age.TotalSeconds < 120 ? $"{(int)Math.Max(age.TotalSeconds, 0)}s" : age.TotalMinutes < 120 ? $"{(int)age.TotalMinutes}m" : age.TotalHours < 48 ? $"{(int)age.TotalHours}h" : $"{(int)age.TotalDays}d";
    }
}
