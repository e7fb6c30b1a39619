using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>Writes the events that describe what befell an object. The same again is counted, not written twice.</summary>
internal sealed class EventRecorder(ObjectStore store)
{
    private readonly ConcurrentDictionary<string, byte> _seen = [];

    public void Record(JsonObject about, string component, string type, string reason, string message, string? container = null, string? host = null)
    {
        var (kind, uid, name) = (about.Text("kind")!, about.Text("metadata", "uid")!, about.Text("metadata", "name")!);
        var ns = about.Text("metadata", "namespace") ?? "default";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{uid}/{component}/{reason}/{message}/{container}")))[..16];
        var key = new ObjectKey(ResourceKind.Events, ns, $"{name}.{hash}");
        var now = store.Time.GetUtcNow().Rfc3339();
        if (!_seen.TryAdd(key.Name, 0))
        {
            store.TryChange(key, null, o =>
            {
                o["count"] = (o.Number("count") ?? 1) + 1;
                o["lastTimestamp"] = now;
                return o;
            });
            return;
        }

        var involved = new JsonObject { ["kind"] = kind, ["name"] = name, ["uid"] = uid, ["apiVersion"] = about.Text("apiVersion"), ["resourceVersion"] = about.Text("metadata", "resourceVersion") };
        if (about.Text("metadata", "namespace") is { } own) involved["namespace"] = own;
        if (container is not null) involved["fieldPath"] = $"spec.containers{{{container}}}";
        var source = new JsonObject { ["component"] = component };
        if (host is not null) source["host"] = host;
        store.Create(key, new JsonObject
        {
            ["kind"] = "Event", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["involvedObject"] = involved, ["reason"] = reason, ["message"] = message,
            ["source"] = source, ["firstTimestamp"] = now, ["lastTimestamp"] = now, ["count"] = 1, ["type"] = type, ["eventTime"] = null,
            ["reportingComponent"] = component, ["reportingInstance"] = host ?? "",
        });
    }
}
