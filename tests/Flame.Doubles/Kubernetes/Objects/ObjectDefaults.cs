using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>What the API fills in when an object is made.</summary>
internal static class ObjectDefaults
{
    private const string NameAlphabet = "bcdfghjklmnpqrstvwxz2456789";
    private const int SuffixLength = 5;
    private const int LongestBase = 58;

    public static void Apply(ResourceKind kind, string ns, JsonObject o)
    {
        o["kind"] = kind.Kind;
        o["apiVersion"] = kind.ApiVersion;
        var metadata = o.Branch("metadata");
        foreach (var field in new[] { "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink" }) metadata.Remove(field);
        if (kind.Namespaced) metadata["namespace"] = ns;
        if (string.IsNullOrEmpty(metadata.Text("name")) && metadata.Text("generateName") is { Length: > 0 } prefix) metadata["name"] = Generated(prefix);

        if (kind == ResourceKind.Pods) Pod(o);
        if (kind == ResourceKind.Secrets) Secret(o);
        if (kind == ResourceKind.Namespaces)
        {
            metadata.Branch("labels")["kubernetes.io/metadata.name"] = metadata.Text("name");
            o["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") };
            o["status"] = new JsonObject { ["phase"] = "Active" };
        }
    }

    public static string Generated(string prefix) =>
        (prefix.Length > LongestBase ? prefix[..LongestBase] : prefix) + RandomNumberGenerator.GetString(NameAlphabet, SuffixLength);

    public static void Secret(JsonObject secret)
    {
        secret.Default("type", "Opaque");
        if (secret["stringData"] is JsonObject plain)
        {
            foreach (var (key, value) in plain) secret.Branch("data")[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value?.ToString() ?? ""));
            secret.Remove("stringData");
        }

        foreach (var (_, value) in secret["data"] as JsonObject ?? [])
        {
            if (value is null || !Convert.TryFromBase64String(value.ToString(), new byte[value.ToString().Length], out _))
            {
                throw ApiError.BadRequest("Secret in version \"v1\" cannot be handled as a Secret: illegal base64 data at input byte 0");
            }
        }
    }

    private static void Pod(JsonObject pod)
    {
        pod.Remove("status");
        var spec = pod.Branch("spec");
        foreach (var (name, value) in new (string, JsonNode)[]
        {
            ("restartPolicy", "Always"), ("terminationGracePeriodSeconds", 30), ("dnsPolicy", "ClusterFirst"), ("securityContext", new JsonObject()),
            ("schedulerName", "default-scheduler"), ("priority", 0), ("enableServiceLinks", true), ("preemptionPolicy", "PreemptLowerPriority"),
        })
        {
            spec.Default(name, value);
        }

        var account = spec.Text("serviceAccountName") is { Length: > 0 } given ? given : spec.Text("serviceAccount") is { Length: > 0 } old ? old : "default";
        spec["serviceAccountName"] = account;
        spec["serviceAccount"] = account;
        var tolerations = spec["tolerations"] as JsonArray ?? [];
        spec["tolerations"] = tolerations;
        foreach (var taint in new[] { "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable" })
        {
            if (tolerations.OfType<JsonObject>().Any(t => t.Text("key") == taint)) continue;
            tolerations.Add(new JsonObject { ["key"] = taint, ["operator"] = "Exists", ["effect"] = "NoExecute", ["tolerationSeconds"] = 300 });
        }

        var token = "kube-api-access-" + RandomNumberGenerator.GetString(NameAlphabet, SuffixLength);
        foreach (var container in spec.Items("containers").Concat(spec.Items("initContainers"))) Container(container, spec, token);
        if (MountsToken(spec)) Append(spec, "volumes", TokenVolume(token));

        var status = pod.Branch("status");
        status["phase"] = "Pending";
        status["qosClass"] = Quality(spec);
        if (spec.Items("schedulingGates").Length > 0) PodStatus.Condition(status, null, "PodScheduled", "False", "SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates");
    }

    private static void Container(JsonObject container, JsonObject spec, string token)
    {
        var image = container.Text("image") ?? "";
        container.Default("imagePullPolicy", image.EndsWith(":latest", StringComparison.Ordinal) || (!image.Contains('@') && !image[(image.LastIndexOf('/') + 1)..].Contains(':')) ? "Always" : "IfNotPresent");
        container.Default("terminationMessagePath", "/dev/termination-log");
        container.Default("terminationMessagePolicy", "File");
        container.Default("resources", new JsonObject());
        foreach (var port in container.Items("ports")) port.Default("protocol", "TCP");
        foreach (var variable in container.Items("env")) if (variable.Find("valueFrom", "fieldRef") is JsonObject field) field.Default("apiVersion", "v1");
        foreach (var (resource, amount) in container.Find("resources", "limits") as JsonObject ?? []) container.Branch("resources", "requests").Default(resource, amount!.DeepClone());
        if (MountsToken(spec)) Append(container, "volumeMounts", new JsonObject { ["name"] = token, ["readOnly"] = true, ["mountPath"] = "/var/run/secrets/kubernetes.io/serviceaccount" });
    }

    private static bool MountsToken(JsonObject spec) => spec["automountServiceAccountToken"] is null || spec.Flag("automountServiceAccountToken");

    private static void Append(JsonObject o, string name, JsonObject item)
    {
        if (o[name] is not JsonArray array) o[name] = array = [];
        array.Add(item);
    }

    private static JsonObject TokenVolume(string name) => (JsonObject)JsonNode.Parse("""
        {"name":"NAME","projected":{"defaultMode":420,"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},
        {"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}},
        {"downwardAPI":{"items":[{"path":"namespace","fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"}}]}}]}}
        """.Replace("NAME", name, StringComparison.Ordinal))!;

    private static string Quality(JsonObject spec)
    {
        var containers = spec.Items("containers");
        string[] measured = ["cpu", "memory"];
        if (!containers.Any(c => measured.Any(r => c.Find("resources", "requests", r) is not null || c.Find("resources", "limits", r) is not null))) return "BestEffort";
        return containers.All(c => measured.All(r => Quantity.Parse(c.Find("resources", "limits", r)) is { } limit && Quantity.Parse(c.Find("resources", "requests", r)) == limit)) ? "Guaranteed" : "Burstable";
    }
}
