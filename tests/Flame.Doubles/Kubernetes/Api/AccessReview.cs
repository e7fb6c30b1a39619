using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>"May I?"</summary>
internal static class AccessReview
{
    public static async Task<JsonNode> AnswerAsync(KubernetesDouble cluster, ApiRequest request)
    {
        var review = await RequestBody.ReadObjectAsync(request, cluster).ConfigureAwait(false);
        var asked = review.Find("spec", "resourceAttributes");
        var resource = asked.Text("resource") ?? "";
        if (asked.Text("subresource") is { Length: > 0 } sub) resource += "/" + sub;
        var allowed = asked is null || cluster.Allows(request.User, asked.Text("group") ?? "", resource, asked.Text("verb") ?? "", asked.Text("namespace") ?? "");
        review["metadata"] = new JsonObject { ["creationTimestamp"] = null };
        review["status"] = new JsonObject { ["allowed"] = allowed };
        if (allowed) review["status"]!["reason"] = $"RBAC: allowed by RoleBinding \"flame/{request.Namespace}\" of Role \"flame\" to ServiceAccount \"{request.User}\"";
        return review;
    }
}
