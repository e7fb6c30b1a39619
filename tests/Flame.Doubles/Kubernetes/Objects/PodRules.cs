using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Flame.Doubles.Kubernetes;

/// <summary>What the API demands of a pod's spec, and what of it can still be changed.</summary>
internal static partial class PodRules
{
    private const string ImmutableSpec = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    public static void Check(JsonObject pod, List<FieldError> errors)
    {
        var containers = pod.Items("spec", "containers");
        if (containers.Length == 0) errors.Add(FieldError.Required("spec.containers"));
        var volumes = pod.Items("spec", "volumes").Select(v => v.Text("name") ?? "").ToArray();
        foreach (var (i, volume) in volumes.Index()) if (volumes.Take(i).Contains(volume)) errors.Add(FieldError.Duplicate($"spec.volumes[{i}].name", volume));
        foreach (var (i, container) in containers.Index()) Container($"spec.containers[{i}]", container, containers[..i], volumes, errors);
        foreach (var (i, container) in pod.Items("spec", "initContainers").Index()) Container($"spec.initContainers[{i}]", container, [], volumes, errors);

        if (pod.Text("spec", "restartPolicy") is { } policy and not ("Always" or "OnFailure" or "Never")) errors.Add(FieldError.Unsupported("spec.restartPolicy", policy, "Always", "OnFailure", "Never"));
        if (pod.Number("spec", "terminationGracePeriodSeconds") < 0) errors.Add(FieldError.Invalid("spec.terminationGracePeriodSeconds", pod.Find("spec", "terminationGracePeriodSeconds")!.DeepClone(), "must be greater than or equal to 0"));
        if (pod.Number("spec", "activeDeadlineSeconds") is { } seconds and (< 1 or > int.MaxValue)) errors.Add(FieldError.Invalid("spec.activeDeadlineSeconds", seconds, "must be between 1 and 2147483647, inclusive"));
        var gates = pod.Items("spec", "schedulingGates");
        foreach (var (i, gate) in gates.Index())
        {
            if (string.IsNullOrEmpty(gate.Text("name"))) errors.Add(FieldError.Invalid($"spec.schedulingGates[{i}]", "", "name part must be non-empty"));
            if (gates[..i].Any(g => g.Text("name") == gate.Text("name"))) errors.Add(FieldError.Duplicate($"spec.schedulingGates[{i}].name", gate.Text("name") ?? ""));
        }

        if (gates.Length > 0 && pod.Text("spec", "nodeName") is { Length: > 0 }) errors.Add(FieldError.Forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared"));
    }

    public static void CheckUpdate(JsonObject before, JsonObject after, List<FieldError> errors)
    {
        var present = before.Items("spec", "schedulingGates").Select(g => g.Text("name")).ToHashSet();
        foreach (var gate in after.Items("spec", "schedulingGates").Where(g => !present.Contains(g.Text("name"))))
        {
            errors.Add(FieldError.Forbidden("spec.schedulingGates", $"only deletion is allowed, but found new scheduling gate '{gate.Text("name")}'"));
        }

        var (was, becomes) = (Fixed(before), Fixed(after));
        if (present.Count > 0)
        {
            // A gated pod's wishes may still be narrowed.
            foreach (var field in new[] { "nodeSelector", "affinity" }) { was.Remove(field); becomes.Remove(field); }
        }

        if (!JsonNode.DeepEquals(was, becomes)) errors.Add(FieldError.Forbidden("spec", ImmutableSpec + "\n"));
    }

    private static JsonObject Fixed(JsonObject pod)
    {
        var spec = (pod["spec"] as JsonObject)?.Copy() ?? [];
        foreach (var field in new[] { "activeDeadlineSeconds", "tolerations", "schedulingGates", "terminationGracePeriodSeconds" })
        {
            if (field != "terminationGracePeriodSeconds" || spec.Number(field) is < 0 or 1) spec.Remove(field);
        }

        foreach (var container in spec.Items("containers").Concat(spec.Items("initContainers"))) container.Remove("image");
        return spec;
    }

    private static void Container(string path, JsonObject container, JsonObject[] earlier, string[] volumes, List<FieldError> errors)
    {
        var name = container.Text("name");
        if (string.IsNullOrEmpty(name)) errors.Add(FieldError.Required(path + ".name"));
        else if (!ObjectRules.IsLabel(name)) errors.Add(ObjectRules.BadLabel(path + ".name", name));
        else if (earlier.Any(c => c.Text("name") == name)) errors.Add(FieldError.Duplicate(path + ".name", name));

        var image = container.Text("image");
        if (string.IsNullOrEmpty(image)) errors.Add(FieldError.Required(path + ".image"));
        else if (image.Trim() != image) errors.Add(FieldError.Invalid(path + ".image", image, "must not have leading or trailing whitespace"));

        foreach (var (i, variable) in container.Items("env").Index()) Variable($"{path}.env[{i}]", variable, errors);
        var mounts = container.Items("volumeMounts");
        foreach (var (i, mount) in mounts.Index())
        {
            if (!volumes.Contains(mount.Text("name"))) errors.Add(FieldError.NotFound($"{path}.volumeMounts[{i}].name", mount.Text("name") ?? ""));
            if (mounts[..i].Any(m => m.Text("mountPath") == mount.Text("mountPath"))) errors.Add(FieldError.Invalid($"{path}.volumeMounts[{i}].mountPath", mount["mountPath"]?.DeepClone(), "must be unique"));
        }

        if (container.Text("imagePullPolicy") is { } pull and not ("Always" or "IfNotPresent" or "Never")) errors.Add(FieldError.Unsupported(path + ".imagePullPolicy", pull, "Always", "IfNotPresent", "Never"));
        Resources(path + ".resources", container, errors);
    }

    private static void Variable(string path, JsonObject variable, List<FieldError> errors)
    {
        var name = variable.Text("name");
        if (string.IsNullOrEmpty(name)) errors.Add(FieldError.Required(path + ".name"));
        else if (!VariableForm().IsMatch(name)) errors.Add(FieldError.Invalid(path + ".name", name, "a valid environment variable name must consist only of printable ASCII characters other than '='"));

        if (variable["valueFrom"] is not JsonObject source) return;
        if (!string.IsNullOrEmpty(variable.Text("value"))) errors.Add(FieldError.Invalid(path + ".valueFrom", "", "may not be specified when `value` is not empty"));
        if (source.Count != 1) errors.Add(FieldError.Invalid(path + ".valueFrom", "", source.Count == 0 ? "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`" : "may not have more than one field specified at a time"));
        if (source["secretKeyRef"] is JsonObject secret && string.IsNullOrEmpty(secret.Text("key"))) errors.Add(FieldError.Required(path + ".valueFrom.secretKeyRef.key"));
        if (source.Text("fieldRef", "fieldPath") is { } field && !PodFields.Known(field))
        {
            errors.Add(FieldError.Invalid(path + ".valueFrom.fieldRef.fieldPath", field, $"error converting fieldPath: field label not supported: {field}"));
        }
    }

    private static void Resources(string path, JsonObject container, List<FieldError> errors)
    {
        foreach (var side in new[] { "limits", "requests" })
        {
            foreach (var (resource, amount) in container.Find("resources", side) as JsonObject ?? [])
            {
                var field = $"{path}.{side}[{resource}]";
                if (Quantity.Parse(amount) is not { } quantity) throw ApiError.BadRequest("Pod in version \"v1\" cannot be handled as a Pod: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
                if (quantity < 0) errors.Add(FieldError.Invalid(field, amount?.DeepClone(), "must be greater than or equal to 0"));
                var limit = Quantity.Parse(container.Find("resources", "limits", resource));
                if (side == "requests" && resource.Contains('/') && limit is null) errors.Add(FieldError.Required($"{path}.limits", "Limit must be set for non overcommitable resources"));
                if (side == "requests" && resource.Contains('/') && limit is not null && limit != quantity) errors.Add(FieldError.Invalid($"{path}.requests", amount?.DeepClone(), $"must be equal to {resource} limit of {container.Find("resources", "limits", resource)}"));
                else if (side == "requests" && quantity > limit) errors.Add(FieldError.Invalid($"{path}.requests", amount?.DeepClone(), $"must be less than or equal to {resource} limit of {container.Find("resources", "limits", resource)}"));
            }
        }
    }

    [GeneratedRegex("^[ -<>-~]+$")]
    private static partial Regex VariableForm();
}
