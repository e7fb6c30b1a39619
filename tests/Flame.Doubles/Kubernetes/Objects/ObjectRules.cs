using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Flame.Doubles.Kubernetes;

/// <summary>What the API demands of every object's metadata, and of the small kinds' fields.</summary>
internal static partial class ObjectRules
{
    private const string Subdomain = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    private const string Label = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    private const string LabelText = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
    private const string KeyText = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    private const int LongestAnnotations = 256 * 1024;
    private const int LongestSecret = 1024 * 1024;

    public static void Check(ResourceKind kind, JsonObject o)
    {
        var errors = new List<FieldError>();
        Metadata(kind, o, errors);
        if (kind == ResourceKind.Pods) PodRules.Check(o, errors);
        if (kind == ResourceKind.Secrets || kind == ResourceKind.ConfigMaps) Data(kind, o, errors);
        if (errors.Count > 0) throw ApiError.Invalid(kind, o.Text("metadata", "name") ?? "", errors);
    }

    /// <summary>What no update may change.</summary>
    public static void CheckUpdate(ResourceKind kind, JsonObject before, JsonObject after)
    {
        var errors = new List<FieldError>();
        if (kind == ResourceKind.Pods) PodRules.CheckUpdate(before, after, errors);
        if ((kind == ResourceKind.Secrets || kind == ResourceKind.ConfigMaps) && before.Flag("immutable"))
        {
            if (!after.Flag("immutable")) errors.Add(FieldError.Forbidden("immutable", "field is immutable when `immutable` is set"));
            if (!JsonNode.DeepEquals(before["data"], after["data"])) errors.Add(FieldError.Forbidden("data", "field is immutable when `immutable` is set"));
        }

        if (kind == ResourceKind.Secrets && before.Text("type") != after.Text("type")) errors.Add(FieldError.Invalid("type", after["type"], "field is immutable"));
        if (errors.Count > 0) throw ApiError.Invalid(kind, before.Text("metadata", "name")!, errors);
        Check(kind, after);
    }

    public static bool IsLabel(string? name) => name is { Length: > 0 and <= 63 } && LabelForm().IsMatch(name);

    public static FieldError BadLabel(string field, string? name) => FieldError.Invalid(field, name, name is { Length: > 63 } ? "must be no more than 63 characters" : Label);

    private static void Metadata(ResourceKind kind, JsonObject o, List<FieldError> errors)
    {
        var name = o.Text("metadata", "name");
        if (string.IsNullOrEmpty(name)) errors.Add(FieldError.Required("metadata.name", "name or generateName is required"));
        else if (kind == ResourceKind.Namespaces ? !IsLabel(name) : name.Length > 253 || !SubdomainForm().IsMatch(name)) errors.Add(kind == ResourceKind.Namespaces ? BadLabel("metadata.name", name) : FieldError.Invalid("metadata.name", name, name.Length > 253 ? "must be no more than 253 characters" : Subdomain));

        foreach (var (key, value) in o.Find("metadata", "labels") as JsonObject ?? [])
        {
            if (!Key(key)) errors.Add(FieldError.Invalid("metadata.labels", key, KeyText));
            var text = value?.ToString() ?? "";
            if (text.Length > 63) errors.Add(FieldError.Invalid("metadata.labels", text, "must be no more than 63 characters"));
            else if (!LabelValueForm().IsMatch(text)) errors.Add(FieldError.Invalid("metadata.labels", text, LabelText));
        }

        var annotations = o.Find("metadata", "annotations") as JsonObject ?? [];
        foreach (var (key, _) in annotations) if (!Key(key.ToLowerInvariant())) errors.Add(FieldError.Invalid("metadata.annotations", key, KeyText));
        if (annotations.Sum(a => a.Key.Length + (a.Value?.ToString().Length ?? 0)) > LongestAnnotations) errors.Add(new("FieldValueTooLong", "metadata.annotations", "Too long: may not be more than 262144 bytes"));

        foreach (var (i, owner) in o.Items("metadata", "ownerReferences").Index())
        {
            foreach (var field in new[] { "apiVersion", "kind", "name", "uid" })
            {
                if (string.IsNullOrEmpty(owner.Text(field))) errors.Add(FieldError.Invalid($"metadata.ownerReferences[{i}].{field}", "", field switch { "apiVersion" => "version must not be empty", _ => field + " must not be empty" }));
            }
        }
    }

    private static void Data(ResourceKind kind, JsonObject o, List<FieldError> errors)
    {
        var size = 0;
        foreach (var (key, value) in o["data"] as JsonObject ?? [])
        {
            if (!DataKeyForm().IsMatch(key)) errors.Add(FieldError.Invalid($"data[{key}]", key, "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"));
            var text = value?.ToString() ?? "";
            size += kind == ResourceKind.Secrets ? text.Length / 4 * 3 : text.Length;
        }

        if (size > LongestSecret) errors.Add(new("FieldValueTooLong", "data", "Too long: may not be more than 1048576 bytes"));
    }

    private static bool Key(string key)
    {
        var at = key.IndexOf('/');
        var name = key[(at + 1)..];
        return name.Length is > 0 and <= 63 && KeyForm().IsMatch(name) && (at < 0 || SubdomainForm().IsMatch(key[..at]));
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")]
    private static partial Regex SubdomainForm();

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex LabelForm();

    [GeneratedRegex("^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$")]
    private static partial Regex LabelValueForm();

    [GeneratedRegex("^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$")]
    private static partial Regex KeyForm();

    [GeneratedRegex("^[-._a-zA-Z0-9]+$")]
    private static partial Regex DataKeyForm();
}
