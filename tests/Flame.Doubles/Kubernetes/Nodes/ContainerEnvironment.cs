using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Flame.Doubles.Kubernetes;

/// <summary>A container that cannot be made as its pod wants it: the node says why and tries again.</summary>
internal sealed class ContainerConfigException(string message) : Exception(message);

/// <summary>The variables of a container: literal ones, and those from secrets, config maps and the pod's own fields.</summary>
internal sealed partial class ContainerEnvironment(ObjectStore store, JsonObject pod, string podIp, string hostIp)
{
    private readonly string _namespace = pod.Text("metadata", "namespace")!;

    public Dictionary<string, string> Of(JsonObject container, IEnumerable<KeyValuePair<string, string>> given)
    {
        var variables = new Dictionary<string, string>(given);
        foreach (var source in container.Items("envFrom")) AddAll(source, variables);
        foreach (var variable in container.Items("env"))
        {
            var name = variable.Text("name")!;
            var value = variable["valueFrom"] is JsonObject source ? From(container, source) : Expand(variable.Text("value") ?? "", variables);
            if (value is not null) variables[name] = value;
        }

        return variables;
    }

    /// <summary>"$(NAME)" is the variable, "$$(NAME)" is not; one that does not exist stays as written.</summary>
    public static string Expand(string text, IReadOnlyDictionary<string, string> variables) => Reference().Replace(text, m =>
        m.Value.StartsWith("$$", StringComparison.Ordinal) ? m.Value[1..] : variables.TryGetValue(m.Groups[1].Value, out var value) ? value : m.Value);

    private string? From(JsonObject container, JsonObject source)
    {
        if (source["secretKeyRef"] is JsonObject secret) return Entry(ResourceKind.Secrets, secret);
        if (source["configMapKeyRef"] is JsonObject map) return Entry(ResourceKind.ConfigMaps, map);
        if (source.Text("fieldRef", "fieldPath") is { } path) return PodFields.Value(pod, path, podIp, hostIp);
        if (source.Text("resourceFieldRef", "resource")?.Split('.') is [var side, var resource]) return container.Find("resources", side, resource)?.ToString() ?? "0";
        return null;
    }

    private string? Entry(ResourceKind kind, JsonObject reference)
    {
        var (name, key) = (reference.Text("name") ?? "", reference.Text("key") ?? "");
        var o = store.Get(new ObjectKey(kind, _namespace, name));
        if (o is null && reference.Flag("optional")) return null;
        if (o is null) throw new ContainerConfigException($"{kind.Singular} \"{name}\" not found");
        if (Data(kind, o).TryGetValue(key, out var value)) return value;
        return reference.Flag("optional") ? null : throw new ContainerConfigException($"couldn't find key {key} in {kind.Kind} {_namespace}/{name}");
    }

    private void AddAll(JsonObject source, Dictionary<string, string> variables)
    {
        foreach (var (field, kind) in new[] { ("secretRef", ResourceKind.Secrets), ("configMapRef", ResourceKind.ConfigMaps) })
        {
            if (source.Text(field, "name") is not { } name) continue;
            var o = store.Get(new ObjectKey(kind, _namespace, name));
            if (o is null && source.Flag(field, "optional")) continue;
            if (o is null) throw new ContainerConfigException($"{kind.Singular} \"{name}\" not found");
            foreach (var (key, value) in Data(kind, o)) variables[(source.Text("prefix") ?? "") + key] = value;
        }
    }

    private static Dictionary<string, string> Data(ResourceKind kind, JsonObject o) => (o["data"] as JsonObject ?? []).ToDictionary(
        d => d.Key,
        d => kind == ResourceKind.Secrets ? Encoding.UTF8.GetString(Convert.FromBase64String(d.Value!.ToString())) : d.Value!.ToString());

    [GeneratedRegex(@"\$?\$\(([^()]+)\)")]
    private static partial Regex Reference();
}
