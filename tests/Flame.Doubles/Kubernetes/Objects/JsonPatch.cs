using System.Globalization;
using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>RFC 6902 and RFC 7386.</summary>
internal static class JsonPatch
{
    public static JsonObject Apply(JsonObject target, JsonNode? patch)
    {
        if (patch is not JsonArray operations) throw ApiError.BadRequest("error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch");
        foreach (var operation in operations) Apply(target, operation as JsonObject ?? throw ApiError.BadRequest("error decoding patch"));
        return target;
    }

    /// <summary>A merge patch: null removes, arrays are replaced.</summary>
    public static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject fields) return patch?.DeepClone();
        var merged = target as JsonObject ?? [];
        foreach (var (name, value) in fields)
        {
            if (value is null) merged.Remove(name);
            else if (value is JsonObject && merged[name] is JsonObject inner) Merge(inner, value);
            else merged[name] = Merge(null, value);
        }

        return merged;
    }

    private static void Apply(JsonObject target, JsonObject operation)
    {
        var path = operation.Text("path") ?? throw ApiError.BadRequest("error decoding patch: missing path");
        switch (operation.Text("op"))
        {
            case "add": Put(target, path, operation["value"]?.DeepClone(), insert: true); break;
            case "replace": Take(target, path, "replace"); Put(target, path, operation["value"]?.DeepClone(), insert: true); break;
            case "remove": Take(target, path, "remove"); break;
            case "move": Put(target, path, Take(target, operation.Text("from")!, "move"), insert: true); break;
            case "copy": Put(target, path, Locate(target, operation.Text("from")!).Value?.DeepClone(), insert: true); break;
            case "test":
                if (!JsonNode.DeepEquals(Locate(target, path).Value, operation["value"])) throw Unprocessable($"testing value {path} failed");
                break;
            default: throw Unprocessable($"Unexpected kind: {operation.Text("op")}");
        }
    }

    private static JsonNode? Take(JsonObject target, string path, string operation)
    {
        var (parent, last, value) = Locate(target, path);
        if (parent is JsonArray array && Index(array, last) is { } index) array.RemoveAt(index);
        else if (parent is not JsonObject o || !o.Remove(last)) throw Unprocessable($"{operation} operation does not apply: doc is missing key: {path}: missing value");
        return value;
    }

    private static void Put(JsonObject target, string path, JsonNode? value, bool insert)
    {
        var (parent, last, _) = Locate(target, path);
        if (parent is JsonObject o) o[last] = value;
        else if (parent is JsonArray array && insert && last == "-") array.Add(value);
        else if (parent is JsonArray list && int.TryParse(last, CultureInfo.InvariantCulture, out var index) && index >= 0 && index <= list.Count) list.Insert(index, value);
        else throw Unprocessable($"add operation does not apply: doc is missing path: \"{path}\": missing value");
    }

    private static (JsonNode? Parent, string Last, JsonNode? Value) Locate(JsonObject target, string path)
    {
        var parts = path.Split('/')[1..].Select(p => p.Replace("~1", "/").Replace("~0", "~")).ToArray();
        JsonNode? parent = null, node = target;
        foreach (var part in parts)
        {
            parent = node;
            node = parent switch { JsonObject o => o[part], JsonArray array when Index(array, part) is { } index => array[index], _ => null };
        }

        return (parent, parts.Length == 0 ? "" : parts[^1], node);
    }

    private static int? Index(JsonArray array, string part) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < array.Count ? index : null;

    private static ApiError Unprocessable(string message) => new(422, "Invalid", "the server rejected our request due to an error in our request: " + message, []);
}
