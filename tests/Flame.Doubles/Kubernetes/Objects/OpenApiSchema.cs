using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>
/// Which fields the core/v1 kinds have and of which type, as Kubernetes' published OpenAPI document says (Apache License 2.0;
/// reduced here to names and types): a field that no API server knows must not go unnoticed.
/// </summary>
public static class OpenApiSchema
{
    private static readonly JsonObject s_types = Read();

    public static bool Knows(string kind) => s_types[kind] is JsonObject;

    /// <summary>"unknown field \"spec.foo\"", "spec.bar: expected string, got number", one a line; an object of another API group has none.</summary>
    public static IReadOnlyList<string> Check(JsonObject o)
    {
        var found = new List<string>();
        if (o.Text("kind") is { } kind && o.Text("apiVersion") == "v1" && Knows(kind)) Visit(o, kind, "", found, null);
        return found;
    }

    /// <summary>Takes the unknown fields out, as the API server does, and names them.</summary>
    internal static IReadOnlyList<string> Prune(JsonObject o)
    {
        var (found, unknown) = (new List<string>(), new List<(JsonObject, string)>());
        if (o.Text("kind") is { } kind && o.Text("apiVersion") == "v1" && Knows(kind)) Visit(o, kind, "", found, unknown);
        foreach (var (holder, name) in unknown) holder.Remove(name);
        return found;
    }

    private static void Visit(JsonNode? node, JsonNode type, string path, List<string> found, List<(JsonObject, string)>? unknown)
    {
        if (node is null) return;
        if (type is JsonObject { Count: 1 } form)
        {
            if (form["array"] is { } item)
            {
                if (Is(node, JsonValueKind.Array, "array", path, found)) foreach (var (i, element) in node.AsArray().Index()) Visit(element, item, $"{path}[{i}]", found, unknown);
            }
            else if (form["map"] is { } value && Is(node, JsonValueKind.Object, "map", path, found))
            {
                foreach (var (key, entry) in node.AsObject()) Visit(entry, value, $"{path}[{key}]", found, unknown);
            }

            return;
        }

        var name = type.ToString();
        if (name is "string") Is(node, JsonValueKind.String, name, path, found);
        else if (name is "integer" or "number") Is(node, JsonValueKind.Number, name, path, found);
        else if (name is "boolean" && node.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False)) found.Add($"{path}: expected boolean, got {Named(node)}");
        else if (s_types[name] is JsonObject fields && Is(node, JsonValueKind.Object, name, path, found)) Fields(node.AsObject(), fields, path, found, unknown);
        else if (s_types[name] is JsonValue alias && alias.ToString() != "any") Visit(node, alias, path, found, unknown);
    }

    private static void Fields(JsonObject o, JsonObject fields, string path, List<string> found, List<(JsonObject, string)>? unknown)
    {
        foreach (var (field, value) in o)
        {
            var at = path.Length == 0 ? field : $"{path}.{field}";
            if (fields[field] is { } type)
            {
                Visit(value, type, at, found, unknown);
            }
            else
            {
                found.Add($"unknown field \"{at}\"");
                unknown?.Add((o, field));
            }
        }
    }

    private static bool Is(JsonNode node, JsonValueKind wanted, string name, string path, List<string> found)
    {
        if (node.GetValueKind() == wanted) return true;
        found.Add($"{path}: expected {name}, got {Named(node)}");
        return false;
    }

    private static string Named(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.True or JsonValueKind.False => "bool",
        var kind => kind.ToString().ToLowerInvariant(),
    };

    private static JsonObject Read()
    {
        using var stream = typeof(OpenApiSchema).Assembly.GetManifestResourceStream("Flame.Doubles.Kubernetes.core-v1.json")!;
        return (JsonObject)JsonNode.Parse(stream)!;
    }
}
