using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>"metadata.name=x,status.phase!=Running": only of the fields that the API can select each kind by.</summary>
internal sealed class FieldSelector
{
    private static readonly Dictionary<string, string[]> s_selectable = new()
    {
        ["pods"] = ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName"],
        ["events"] = ["involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type"],
        ["secrets"] = ["type"],
        ["nodes"] = ["spec.unschedulable"],
        ["namespaces"] = ["status.phase"],
    };

    private readonly List<(string[] Path, string Value, bool Negative)> _terms = [];

    public static FieldSelector Parse(string? text, ResourceKind kind, string? labelSelector)
    {
        var selector = new FieldSelector();
        foreach (var term in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = term.IndexOf('=');
            if (at < 1) throw ApiError.BadRequest($"invalid selector: '{text}'; can't understand '{term}'");
            var negative = term[at - 1] == '!';
            var field = term[..(negative ? at - 1 : at)];
            var value = term[(at + 1)..].TrimStart('=');
            if (!Selectable(kind, field))
            {
                throw ApiError.BadRequest($"Unable to find \"{kind.ApiVersion}, Resource={kind.Plural}\" that match label selector \"{labelSelector}\", field selector \"{text}\": {(kind == ResourceKind.Pods ? "field label not supported" : $"\"{field}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")}{(kind == ResourceKind.Pods ? ": " + field : "")}");
            }

            selector._terms.Add((field.Split('.'), value, negative));
        }

        return selector;
    }

    public bool Matches(JsonObject o) => _terms.TrueForAll(term => (Value(o, term.Path) == term.Value) != term.Negative);

    private static bool Selectable(ResourceKind kind, string field) =>
        field is "metadata.name" or "metadata.namespace" || (s_selectable.TryGetValue(kind.Plural, out var fields) && fields.Contains(field));

    private static string Value(JsonObject o, string[] path) =>
        path is ["source"] ? o.Text("source", "component") ?? "" : o.Find(path) is JsonValue value ? value.ToString() : "";
}
