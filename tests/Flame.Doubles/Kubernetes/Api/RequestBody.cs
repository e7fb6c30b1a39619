using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Flame.Doubles.Kubernetes;

/// <summary>What a client sent, read as strictly as it wants.</summary>
internal static class RequestBody
{
    public static async Task<JsonNode?> ReadAsync(ApiRequest request)
    {
        using var bytes = new MemoryStream();
        await request.Http.Request.Body.CopyToAsync(bytes, request.Http.RequestAborted).ConfigureAwait(false);
        if (bytes.Length > 0 && request.Http.Request.ContentType == ProtobufBody.ContentType) return request.Body = ProtobufBody.Read(bytes.ToArray());
        var text = Encoding.UTF8.GetString(bytes.ToArray());
        if (text.Length == 0) return null;
        try
        {
            return request.Body = JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            throw ApiError.BadRequest($"couldn't get version/kind; json parse error: invalid character '{text[0]}' looking for beginning of value");
        }
    }

    public static async Task<JsonObject> ReadObjectAsync(ApiRequest request, KubernetesDouble cluster)
    {
        if (await ReadAsync(request).ConfigureAwait(false) is not JsonObject o) throw ApiError.BadRequest($"{request.Kind.Kind} in version \"v1\" cannot be handled as a {request.Kind.Kind}: expected an object");
        o = o.Copy();
        if (o.Text("kind") is { Length: > 0 } kind && kind != request.Kind.Kind) throw ApiError.BadRequest($"the API version in the data ({o.Text("apiVersion")}) does not match the expected API version ({request.Kind.ApiVersion}) or kind {kind} is not {request.Kind.Kind}");
        o["kind"] = request.Kind.Kind;
        o["apiVersion"] = request.Kind.ApiVersion;
        CheckFields(request, o, cluster);
        return o;
    }

    /// <summary>Fields that no such object has are an error, a warning, or dropped in silence.</summary>
    public static void CheckFields(ApiRequest request, JsonObject o, KubernetesDouble cluster)
    {
        var objections = OpenApiSchema.Prune(o);
        foreach (var objection in objections) cluster.Object($"{request.Verb} {request.Resource}: {objection}");
        if (objections.FirstOrDefault(x => !IsUnknown(x)) is { } mistyped) throw ApiError.BadRequest($"{request.Kind.Kind} in version \"v1\" cannot be handled as a {request.Kind.Kind}: json: cannot unmarshal: {mistyped}");
        if (objections.Count == 0) return;
        if (request.Query("fieldValidation") == "Strict") throw ApiError.BadRequest($"{request.Kind.Kind} in version \"v1\" cannot be handled as a {request.Kind.Kind}: strict decoding error: {string.Join(", ", objections)}");
        if (request.Query("fieldValidation") == "Ignore") return;
        foreach (var objection in objections) request.Http.Response.Headers.Append("Warning", $"299 - \"{objection.Replace("\"", "\\\"")}\"");
    }

    private static bool IsUnknown(string objection) => objection.StartsWith("unknown field", StringComparison.Ordinal);
}
