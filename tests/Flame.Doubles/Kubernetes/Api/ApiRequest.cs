using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Flame.Doubles.Kubernetes;

/// <summary>A request as the API understands it: "watch pods in default".</summary>
public sealed class ApiRequest
{
    // The context is not to be asked any more once the request is over, which a test's record of it is not.
    private readonly Dictionary<string, string?> _query;

    internal ApiRequest(HttpContext http)
    {
        Http = http;
        _query = http.Request.Query.ToDictionary(q => q.Key, q => (string?)q.Value.ToString());
    }

    /// <summary>get, list, watch, create, update, patch, delete, deletecollection.</summary>
    public required string Verb { get; init; }

    public required ResourceKind Kind { get; init; }

    /// <summary>Empty for what has none, and for all of them.</summary>
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    /// <summary>"status", "log", or empty.</summary>
    public required string Subresource { get; init; }

    /// <summary>Who asks.</summary>
    public string User { get; internal set; } = "";

    /// <summary>What was sent, as far as it has been read.</summary>
    public JsonNode? Body { get; internal set; }

    public string Resource => Subresource.Length == 0 ? Kind.Plural : $"{Kind.Plural}/{Subresource}";

    internal HttpContext Http { get; }

    public string? Query(string name) => _query.GetValueOrDefault(name);

    internal ObjectKey Key => new(Kind, Namespace, Name);

    internal bool WantsTable => Http.Request.Headers.Accept.ToString().Contains("as=Table", StringComparison.Ordinal);

    public override string ToString() => $"{Verb} {Resource} {(Namespace.Length > 0 ? Namespace + "/" : "")}{Name}{QueryHelpers.AddQueryString("", _query)}";

    /// <summary>Null when the path names no resource that this API has.</summary>
    internal static ApiRequest? Parse(HttpContext http)
    {
        var parts = http.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        (string Group, string[] Path)? found = parts switch
        {
            ["api", "v1", .. var rest] => ("", rest),
            ["apis", var group, "v1", .. var rest] => (group, rest),
            _ => null,
        };
        if (found is not ({ } name, var path)) return null;

        var watches = http.Request.Query["watch"].ToString() is "true" or "1";
        if (path is ["watch", .. var watched]) (watches, path) = (true, watched);
        var ns = "";
        if (path is ["namespaces", var inside, .. var within] && within.Length > 0 && ResourceKind.Of(name, within[0]) is { Namespaced: true }) (ns, path) = (inside, within);
        if (path.Length is 0 or > 3 || ResourceKind.Of(name, path[0]) is not { } kind) return null;

        var target = path.ElementAtOrDefault(1) ?? "";
        var verb = http.Request.Method switch
        {
            "GET" or "HEAD" when watches && path.Length < 3 => "watch",
            "GET" or "HEAD" => target.Length > 0 ? "get" : "list",
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => target.Length > 0 ? "delete" : "deletecollection",
            _ => "",
        };
        return new ApiRequest(http) { Verb = verb, Kind = kind, Namespace = ns, Name = target, Subresource = path.ElementAtOrDefault(2) ?? "" };
    }
}
