using k8s;
using k8s.Models;

namespace Flame.Kubernetes.Tests.Units;

/// <summary>Pods as YAML, which is how people read them.</summary>
internal static class Pods
{
    public static V1Pod Of(string yaml) => KubernetesYaml.Deserialize<V1Pod>(yaml);

    /// <summary>An executor's pod on node-1 with this status.</summary>
    public static V1Pod With(string status, bool deleted = false) => new()
    {
        Metadata = new V1ObjectMeta { Name = "flame-main-1-0", DeletionTimestamp = deleted ? DateTime.UnixEpoch : null },
        Spec = new V1PodSpec { NodeName = "node-1", Containers = [new V1Container { Name = "executor" }] },
        Status = KubernetesYaml.Deserialize<V1PodStatus>(status),
    };
}
