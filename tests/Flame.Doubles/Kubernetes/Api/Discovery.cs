using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>What there is to ask for.</summary>
internal static class Discovery
{
    private static readonly string[] s_verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    private static readonly (string Name, string Kind, string[] Verbs)[] s_ofPods =
    [
        ("pods/eviction", "Eviction", ["create"]), ("pods/exec", "PodExecOptions", ["create", "get"]), ("pods/log", "Pod", ["get"]), ("pods/portforward", "PodPortForwardOptions", ["create", "get"]),
    ];

    public static JsonNode? Answer(string path, KubernetesDouble cluster) => path.Split('/') switch
    {
        ["", "version"] => Version(),
        ["", "healthz" or "livez" or "readyz"] => "ok",
        ["", "api"] => new JsonObject
        {
            ["kind"] = "APIVersions", ["versions"] = new JsonArray("v1"),
            ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = $"127.0.0.1:{cluster.Server.HttpsPort}" }),
        },
        ["", "apis"] => new JsonObject { ["kind"] = "APIGroupList", ["apiVersion"] = "v1", ["groups"] = Groups().Select(Group).ToJson() },
        ["", "apis", var group] when Groups().Contains(group) => Named(Group(group)),
        ["", "api", "v1"] => Resources("v1", ""),
        ["", "apis", var group, "v1"] when Groups().Contains(group) => Resources(group + "/v1", group),
        _ => null,
    };

    private static IEnumerable<string> Groups() => ResourceKind.All.Select(k => k.Group).Where(g => g.Length > 0).Distinct();

    private static JsonObject Group(string name)
    {
        var version = new JsonObject { ["groupVersion"] = name + "/v1", ["version"] = "v1" };
        return new JsonObject { ["name"] = name, ["versions"] = new JsonArray(version), ["preferredVersion"] = version.DeepClone() };
    }

    private static JsonObject Named(JsonObject group)
    {
        (group["kind"], group["apiVersion"]) = ("APIGroup", "v1");
        return group;
    }

    private static JsonObject Resources(string groupVersion, string group)
    {
        var resources = new JsonArray();
        foreach (var kind in ResourceKind.All.Where(k => k.Group == group))
        {
            var resource = Resource(kind.Plural, kind, kind.Kind, kind.Stored ? s_verbs : ["create"]);
            if (kind.ShortNames.Length > 0) resource["shortNames"] = new JsonArray([.. kind.ShortNames.Select(n => JsonValue.Create(n))]);
            resource["singularName"] = kind.Singular;
            resources.Add(resource);
            if (kind.HasStatus) resources.Add(Resource(kind.Plural + "/status", kind, kind.Kind, ["get", "patch", "update"]));
            if (kind == ResourceKind.Pods) foreach (var (name, ofKind, verbs) in s_ofPods) resources.Add(Resource(name, kind, ofKind, verbs));
        }

        return new JsonObject { ["kind"] = "APIResourceList", ["apiVersion"] = "v1", ["groupVersion"] = groupVersion, ["resources"] = resources };
    }

    private static JsonObject Resource(string name, ResourceKind of, string kind, string[] verbs) => new()
    {
        ["name"] = name, ["singularName"] = "", ["namespaced"] = of.Namespaced, ["kind"] = kind, ["verbs"] = new JsonArray([.. verbs.Select(v => JsonValue.Create(v))]),
    };

    private static JsonObject Version() => new()
    {
        ["major"] = "1", ["minor"] = "32", ["gitVersion"] = NodeObjects.Version, ["gitCommit"] = "59526cd4867447956156ae3a602fcbac10a2c335", ["gitTreeState"] = "clean",
        ["buildDate"] = "2025-04-22T16:02:27Z", ["goVersion"] = "go1.23.6", ["compiler"] = "gc", ["platform"] = "linux/amd64",
    };
}
