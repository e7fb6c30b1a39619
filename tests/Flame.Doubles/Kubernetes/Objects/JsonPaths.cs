using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>Ways through objects whose fields may all be missing.</summary>
public static class JsonPaths
{
    private static readonly JsonSerializerOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonNode? Find(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path) node = node is JsonObject o ? o[name] : null;
        return node;
    }

    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.Find(path) is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.ToString() : null;

    public static long? Number(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.Find(path) is JsonValue value && value.GetValueKind() == JsonValueKind.Number && long.TryParse(value.ToString(), CultureInfo.InvariantCulture, out var number) ? number : null;

    public static bool Flag(this JsonNode? node, params ReadOnlySpan<string> path) => node.Find(path)?.GetValueKind() == JsonValueKind.True;

    public static JsonObject[] Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.Find(path) is JsonArray array ? [.. array.OfType<JsonObject>()] : [];

    /// <summary>The object at a path; what is missing of it is made.</summary>
    public static JsonObject Branch(this JsonObject node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (node[name] is not JsonObject next) node[name] = next = [];
            node = next;
        }

        return node;
    }

    public static void Default(this JsonObject node, string name, JsonNode value)
    {
        if (node[name] is null) node[name] = value;
    }

    public static string Compact(this JsonNode node) => node.ToJsonString(s_compact);

    // Through text: a value that was made in memory knows only its own number type, one that was read knows them all.
    internal static JsonObject Copy(this JsonObject node) => (JsonObject)JsonNode.Parse(node.Compact())!;

    internal static JsonArray ToJson(this IEnumerable<JsonNode?> items) => new([.. items.Select(i => i?.Parent is null ? i : i.DeepClone())]);

    internal static string Rfc3339(this DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    internal static string Rfc3339Micro(this DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    internal static string Text(this long number) => number.ToString(CultureInfo.InvariantCulture);
}
