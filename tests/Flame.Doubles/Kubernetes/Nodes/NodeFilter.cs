using System.Globalization;
using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>Why a pod cannot go to a node, in the scheduler's words; empty when it can.</summary>
internal static class NodeFilter
{
    /// <summary>Whether the removal of other pods could help is what the scheduler says besides.</summary>
    public static IReadOnlyList<string> Reasons(JsonObject pod, JsonObject node, IEnumerable<JsonObject> present, out bool preemptable)
    {
        preemptable = false;
        if (node.Flag("spec", "unschedulable")) return ["node(s) were unschedulable"];
        if (Untolerated(pod, node) is { } taint) return [$"node(s) had untolerated taint {{{taint.Text("key")}: {taint.Text("value")}}}"];
        if (!Selected(pod, node)) return ["node(s) didn't match Pod's node affinity/selector"];

        var used = new Dictionary<string, decimal>();
        var count = 0;
        foreach (var other in present)
        {
            count++;
            foreach (var (resource, amount) in Quantity.Requests(other)) used[resource] = used.GetValueOrDefault(resource) + amount;
        }

        var reasons = new List<string>();
        if (Quantity.Parse(node.Find("status", "allocatable", "pods")) is { } most && count + 1 > most) reasons.Add("Too many pods");
        var helps = reasons.Count > 0;
        foreach (var (resource, wanted) in Quantity.Requests(pod))
        {
            var has = Quantity.Parse(node.Find("status", "allocatable", resource)) ?? 0;
            if (wanted == 0 || used.GetValueOrDefault(resource) + wanted <= has) continue;
            reasons.Add($"Insufficient {resource}");
            helps |= wanted <= has;
        }

        preemptable = helps;
        return reasons;
    }

    private static JsonObject? Untolerated(JsonObject pod, JsonObject node)
    {
        var tolerations = pod.Items("spec", "tolerations");
        return node.Items("spec", "taints").Where(t => t.Text("effect") is "NoSchedule" or "NoExecute").FirstOrDefault(taint => !tolerations.Any(t => Tolerates(t, taint)));
    }

    private static bool Tolerates(JsonObject toleration, JsonObject taint) =>
        (string.IsNullOrEmpty(toleration.Text("effect")) || toleration.Text("effect") == taint.Text("effect"))
        && (string.IsNullOrEmpty(toleration.Text("key")) || toleration.Text("key") == taint.Text("key"))
        && (toleration.Text("operator") == "Exists" || (toleration.Text("value") ?? "") == (taint.Text("value") ?? ""));

    private static bool Selected(JsonObject pod, JsonObject node)
    {
        var labels = node.Find("metadata", "labels");
        foreach (var (name, value) in pod.Find("spec", "nodeSelector") as JsonObject ?? []) if (labels.Text(name) != value?.ToString()) return false;

        var terms = pod.Items("spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms");
        return terms.Length == 0 || terms.Any(term =>
            term.Items("matchExpressions").All(e => Matches(e, labels.Text(e.Text("key")!)))
            && term.Items("matchFields").All(e => Matches(e, node.Text("metadata", "name"))));
    }

    private static bool Matches(JsonObject expression, string? label)
    {
        var values = expression["values"] is JsonArray array ? array.Select(v => v!.ToString()).ToArray() : [];
        return expression.Text("operator") switch
        {
            "In" => label is not null && values.Contains(label),
            "NotIn" => label is null || !values.Contains(label),
            "Exists" => label is not null,
            "DoesNotExist" => label is null,
            "Gt" => Number(label) > Number(values[0]),
            "Lt" => Number(label) < Number(values[0]),
            _ => false,
        };
    }

    private static long? Number(string? text) => long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;
}
