using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>get and list.</summary>
internal sealed class ObjectReads(KubernetesDouble cluster)
{
    public JsonNode Get(ApiRequest request)
    {
        var o = cluster.Store.Get(request.Key) ?? throw ApiError.NotFound(request.Kind, request.Name);
        return request.WantsTable ? TableView.Of(request.Kind, [o], o.Text("metadata", "resourceVersion")!, cluster.Store.Time) : o;
    }

    public JsonNode List(ApiRequest request)
    {
        var matches = Selection(request);
        var (items, revision) = cluster.Store.List(request.Kind, Scope(request));
        CheckRevision(request, revision);
        var found = items.Where(matches).ToList();
        var metadata = new JsonObject { ["resourceVersion"] = revision.Text() };
        found = Page(request, found, metadata);
        if (request.WantsTable)
        {
            var table = TableView.Of(request.Kind, found, revision.Text(), cluster.Store.Time);
            table["metadata"] = metadata;
            return table;
        }

        // Their list says what they are; the real API leaves it out of each.
        foreach (var item in found)
        {
            item.Remove("kind");
            item.Remove("apiVersion");
        }

        return new JsonObject { ["kind"] = request.Kind.Kind + "List", ["apiVersion"] = request.Kind.ApiVersion, ["metadata"] = metadata, ["items"] = found.ToJson() };
    }

    public static string? Scope(ApiRequest request) => request.Namespace.Length > 0 ? request.Namespace : null;

    public static Func<JsonObject, bool> Selection(ApiRequest request)
    {
        var labels = LabelSelector.Parse(request.Query("labelSelector"));
        var fields = FieldSelector.Parse(request.Query("fieldSelector"), request.Kind, request.Query("labelSelector"));
        return o => labels.Matches(o) && fields.Matches(o) && (request.Name.Length == 0 || o.Text("metadata", "name") == request.Name);
    }

    public static long? Revision(ApiRequest request)
    {
        if (request.Query("resourceVersion") is not { Length: > 0 } text) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : throw ApiError.BadRequest($"invalid resource version: \"{text}\"");
    }

    private void CheckRevision(ApiRequest request, long current)
    {
        var asked = Revision(request);
        if (asked > current) throw ApiError.Future(asked.Value, current);
        if (asked is > 0 && request.Query("resourceVersionMatch") == "Exact") cluster.Store.EnsureNotCompacted(asked.Value);
    }

    /// <summary>A continue token is where the last page ended and at which revision it began.</summary>
    private List<JsonObject> Page(ApiRequest request, List<JsonObject> all, JsonObject metadata)
    {
        var start = 0;
        if (request.Query("continue") is { Length: > 0 } token)
        {
            var parts = Encoding.UTF8.GetString(Convert.FromBase64String(token)).Split('\n');
            var revision = long.Parse(parts[0], CultureInfo.InvariantCulture);
            try
            {
                cluster.Store.EnsureNotCompacted(revision);
            }
            catch (ApiError)
            {
                throw ApiError.ExpiredContinue();
            }

            metadata["resourceVersion"] = revision.Text();
            start = all.FindIndex(o => string.CompareOrdinal(Place(o), parts[1]) > 0);
            if (start < 0) start = all.Count;
        }

        if (!int.TryParse(request.Query("limit"), CultureInfo.InvariantCulture, out var limit) || limit <= 0 || all.Count - start <= limit) return all[start..];
        var page = all[start..(start + limit)];
        metadata["continue"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{metadata.Text("resourceVersion")}\n{Place(page[^1])}"));
        metadata["remainingItemCount"] = all.Count - start - limit;
        return page;
    }

    private static string Place(JsonObject o) => $"{o.Text("metadata", "namespace")}/{o.Text("metadata", "name")}";
}
