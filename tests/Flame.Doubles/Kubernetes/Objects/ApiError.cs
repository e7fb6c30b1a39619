using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>What is wrong with one field, in the API's words.</summary>
internal sealed record FieldError(string Reason, string Field, string Message)
{
    public static FieldError Required(string field, string detail = "") => new("FieldValueRequired", field, "Required value" + Tail(detail));

    public static FieldError Invalid(string field, JsonNode? value, string detail) => new("FieldValueInvalid", field, $"Invalid value: {Quoted(value)}{Tail(detail)}");

    public static FieldError Forbidden(string field, string detail) => new("FieldValueForbidden", field, "Forbidden" + Tail(detail));

    public static FieldError Unsupported(string field, string value, params string[] allowed) =>
        new("FieldValueNotSupported", field, $"Unsupported value: \"{value}\": supported values: {string.Join(", ", allowed.Select(a => $"\"{a}\""))}");

    public static FieldError Duplicate(string field, string value) => new("FieldValueDuplicate", field, $"Duplicate value: \"{value}\"");

    public static FieldError NotFound(string field, string value) => new("FieldValueNotFound", field, $"Not found: \"{value}\"");

    private static string Tail(string detail) => detail.Length == 0 ? "" : ": " + detail;

    private static string Quoted(JsonNode? value) => value?.Compact() ?? "null";
}

/// <summary>An answer that is a Status of failure.</summary>
internal sealed class ApiError(int code, string reason, string message, JsonObject? details = null) : Exception(message)
{
    public int Code => code;

    public int? RetryAfter { get; init; }

    public JsonObject ToStatus()
    {
        var status = new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Failure", ["message"] = Message, ["reason"] = reason };
        if (details is not null) status["details"] = details.DeepClone();
        if (RetryAfter is { } seconds) status.Branch("details")["retryAfterSeconds"] = seconds;
        status["code"] = code;
        return status;
    }

    public static ApiError NotFound(ResourceKind kind, string name) => new(404, "NotFound", $"{kind.GroupResource} \"{name}\" not found", Details(kind, name));

    public static ApiError NoSuchPath() => new(404, "NotFound", "the server could not find the requested resource", []);

    public static ApiError AlreadyExists(ResourceKind kind, string name) => new(409, "AlreadyExists", $"{kind.GroupResource} \"{name}\" already exists", Details(kind, name));

    public static ApiError Conflict(ResourceKind kind, string name, string why = "the object has been modified; please apply your changes to the latest version and try again") =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {kind.GroupResource} \"{name}\": {why}", Details(kind, name));

    public static ApiError BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiError Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiError Forbidden(ResourceKind kind, string? name, string why) =>
        new(403, "Forbidden", $"{kind.GroupResource} {(string.IsNullOrEmpty(name) ? "" : $"\"{name}\" ")}is forbidden: {why}", Details(kind, name));

    public static ApiError Invalid(ResourceKind kind, string name, IReadOnlyList<FieldError> errors)
    {
        var texts = errors.Select(e => $"{e.Field}: {e.Message}").ToArray();
        var details = new JsonObject { ["name"] = name };
        if (kind.Group.Length > 0) details["group"] = kind.Group;
        details["kind"] = kind.Kind;
        details["causes"] = errors.Select(e => new JsonObject { ["reason"] = e.Reason, ["message"] = e.Message, ["field"] = e.Field }).ToJson();
        return new(422, "Invalid", $"{kind.Kind} \"{name}\" is invalid: {(texts.Length == 1 ? texts[0] : $"[{string.Join(", ", texts)}]")}", details);
    }

    public static ApiError MethodNotAllowed() => new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);

    public static ApiError UnsupportedMediaType(string type) =>
        new(415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml (not {type})", []);

    /// <summary>The history does not reach back so far.</summary>
    public static ApiError Expired(long revision, long oldest) => new(410, "Expired", $"too old resource version: {revision} ({oldest})");

    public static ApiError ExpiredContinue() => new(410, "Expired", "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.");

    public static ApiError Future(long revision, long current) => new(504, "Timeout", $"Too large resource version: {revision}, current: {current}",
        new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version" }), ["retryAfterSeconds"] = 1 }) { RetryAfter = 1 };

    public static ApiError Unavailable() => new(503, "ServiceUnavailable", "apiserver is shutting down") { RetryAfter = 1 };

    private static JsonObject Details(ResourceKind kind, string? name)
    {
        var details = new JsonObject();
        if (!string.IsNullOrEmpty(name)) details["name"] = name;
        if (kind.Group.Length > 0) details["group"] = kind.Group;
        details["kind"] = kind.Plural;
        return details;
    }
}
