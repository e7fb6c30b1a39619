using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>The API's own merge: lists of objects are merged by the key that each list has.</summary>
internal static class StrategicMerge
{
    private static readonly Dictionary<string, string> s_mergeKeys = new()
    {
        ["containers"] = "name", ["initContainers"] = "name", ["ephemeralContainers"] = "name", ["env"] = "name", ["volumes"] = "name",
        ["volumeMounts"] = "mountPath", ["ports"] = "containerPort", ["conditions"] = "type", ["ownerReferences"] = "uid",
        ["schedulingGates"] = "name", ["imagePullSecrets"] = "name", ["secrets"] = "name", ["podIPs"] = "ip", ["hostIPs"] = "ip",
        ["taints"] = "key", ["addresses"] = "type", ["hostAliases"] = "ip", ["topologySpreadConstraints"] = "topologyKey", ["resourceClaims"] = "name",
    };

    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        if (patch.Text("$patch") == "replace") target.Clear();
        foreach (var (name, value) in patch)
        {
            if (name is "$patch" or "$retainKeys" || name.StartsWith("$setElementOrder/", StringComparison.Ordinal)) continue;
            if (name.StartsWith("$deleteFromPrimitiveList/", StringComparison.Ordinal)) RemoveValues(target, name[(name.IndexOf('/') + 1)..], value as JsonArray ?? []);
            else if (value is null) target.Remove(name);
            else if (value is JsonObject o && o.Text("$patch") == "delete") target.Remove(name);
            else if (value is JsonObject inner) target[name] = Apply(target[name] as JsonObject is { } present ? (JsonObject)present.DeepClone() : [], inner);
            else if (value is JsonArray array) target[name] = List(name, target[name] as JsonArray, array);
            else target[name] = value.DeepClone();
        }

        if (patch["$retainKeys"] is JsonArray keys)
        {
            var kept = keys.Select(k => k!.ToString()).ToHashSet();
            foreach (var name in target.Select(p => p.Key).Where(k => !kept.Contains(k)).ToArray()) target.Remove(name);
        }

        return target;
    }

    private static JsonArray List(string name, JsonArray? present, JsonArray patch)
    {
        if (name == "finalizers") return new([.. (present ?? []).Concat(patch).Select(v => v!.ToString()).Distinct().Select(v => JsonValue.Create(v))]);
        if (!s_mergeKeys.TryGetValue(name, out var key)) return (JsonArray)patch.DeepClone();

        var items = patch.OfType<JsonObject>().Any(p => p.Text("$patch") == "replace" && p.Count == 1) ? [] : (present ?? []).OfType<JsonObject>().Select(o => (JsonObject)o.DeepClone()).ToList();
        foreach (var item in patch.OfType<JsonObject>())
        {
            if (item.Text("$patch") == "replace" && item.Count == 1) continue;
            var id = item[key]?.ToString() ?? throw ApiError.BadRequest($"map: {item.Compact()} does not contain declared merge key: {key}");
            var at = items.FindIndex(o => o[key]?.ToString() == id);
            if (item.Text("$patch") == "delete")
            {
                if (at >= 0) items.RemoveAt(at);
            }
            else if (at >= 0)
            {
                Apply(items[at], item);
            }
            else
            {
                items.Add(Apply([], item));
            }
        }

        return items.ToJson();
    }

    private static void RemoveValues(JsonObject target, string name, JsonArray values)
    {
        if (target[name] is not JsonArray present) return;
        var gone = values.Select(v => v!.ToString()).ToHashSet();
        target[name] = new JsonArray([.. present.Where(v => !gone.Contains(v!.ToString())).Select(v => v!.DeepClone())]);
    }
}
