using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>Parts of a pod's status as the node and the controllers write them.</summary>
internal static class PodStatus
{
    /// <summary>Sets a condition; its transition time moves only when its status does.</summary>
    public static void Condition(JsonObject status, DateTimeOffset? now, string type, string value, string? reason = null, string? message = null)
    {
        if (status["conditions"] is not JsonArray conditions) status["conditions"] = conditions = [];
        var present = conditions.OfType<JsonObject>().FirstOrDefault(c => c.Text("type") == type);
        var condition = new JsonObject { ["type"] = type, ["status"] = value, ["lastProbeTime"] = null };
        condition["lastTransitionTime"] = present.Text("status") == value ? present.Text("lastTransitionTime") : now?.Rfc3339();
        if (reason is not null) condition["reason"] = reason;
        if (message is not null) condition["message"] = message;
        if (present is null) conditions.Add(condition);
        else conditions[conditions.IndexOf(present)] = condition;
    }

    public static bool IsOver(JsonObject pod) => pod.Text("status", "phase") is "Succeeded" or "Failed";
}
