using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Flame.Doubles.Kubernetes;

/// <summary>The fields of its own pod that a container can be told.</summary>
internal static partial class PodFields
{
    public static bool Known(string path) => path is "metadata.name" or "metadata.namespace" or "metadata.uid" or "spec.nodeName" or "spec.serviceAccountName" or "status.podIP" or "status.podIPs" or "status.hostIP" or "status.hostIPs" || Entry().IsMatch(path);

    /// <summary>The addresses are the sandbox's, which the pod's status may not say yet.</summary>
    public static string Value(JsonObject pod, string path, string podIp, string hostIp) => path switch
    {
        "status.podIP" or "status.podIPs" => podIp,
        "status.hostIP" or "status.hostIPs" => hostIp,
        _ when Entry().Match(path) is { Success: true } entry => pod.Text("metadata", entry.Groups[1].Value, entry.Groups[2].Value) ?? "",
        _ => pod.Text(path.Split('.')) ?? "",
    };

    [GeneratedRegex(@"^metadata\.(labels|annotations)\['([^']+)'\]$")]
    private static partial Regex Entry();
}
