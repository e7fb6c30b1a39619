using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>The deletion of an object: at once, or asked of its node or its finalizers.</summary>
internal static class Deletion
{
    /// <summary>The object as it is after the request; null when it is gone at once.</summary>
    public static JsonObject? Begin(TimeProvider time, ResourceKind kind, JsonObject o, long? gracePeriod)
    {
        var metadata = o.Branch("metadata");
        var seconds = kind == ResourceKind.Pods ? PodGrace(o, gracePeriod) : 0;
        var held = o.Find("metadata", "finalizers") is JsonArray { Count: > 0 };
        if (seconds == 0 && !held) return null;

        // A later request can shorten what an earlier one granted, never lengthen it.
        if (metadata.Number("deletionGracePeriodSeconds") is { } granted && (seconds >= granted || held)) return o;
        metadata["deletionTimestamp"] = (time.GetUtcNow() + TimeSpan.FromSeconds(seconds)).Rfc3339();
        metadata["deletionGracePeriodSeconds"] = seconds;
        return o;
    }

    /// <summary>After an update: what was only held by its finalizers goes with the last of them.</summary>
    public static bool IsOver(JsonObject o) =>
        o.Number("metadata", "deletionGracePeriodSeconds") == 0 && o.Find("metadata", "finalizers") is not JsonArray { Count: > 0 };

    private static long PodGrace(JsonObject pod, long? asked)
    {
        // No node has it, or nothing of it runs any more.
        if (pod.Text("spec", "nodeName") is null or "" || pod.Text("status", "phase") is "Succeeded" or "Failed") return 0;
        return Math.Max(asked ?? pod.Number("spec", "terminationGracePeriodSeconds") ?? 30, 0);
    }
}
