using k8s.Models;

namespace Flame.Kubernetes;

/// <summary>The options that configuration can set.</summary>
internal static class KubernetesSettings
{
    public static OptionTable<KubernetesOptions> Table { get; } = new OptionTable<KubernetesOptions>("Kubernetes")
        .Text(nameof(KubernetesOptions.Image), (o, v) => o.Image = v)
        .Text(nameof(KubernetesOptions.ImagePullPolicy), (o, v) => o.ImagePullPolicy = v)
        .Texts(nameof(KubernetesOptions.ImagePullSecrets), o => o.ImagePullSecrets)
        .Text(nameof(KubernetesOptions.ParentContainer), (o, v) => o.ParentContainer = v)
        .Value(nameof(KubernetesOptions.Inherit), (o, v) => Enum.TryParse<FromParentPod>(v, ignoreCase: true, out var parts) && (parts & ~FromParentPod.All) == 0 && (o.Inherit = parts) == parts)
        .Texts(nameof(KubernetesOptions.LabelsFromParent), o => o.LabelsFromParent)
        .Map(nameof(KubernetesOptions.Labels), o => o.Labels)
        .Map(nameof(KubernetesOptions.Annotations), o => o.Annotations)
        .Texts(nameof(KubernetesOptions.Command), o => o.Command)
        .Texts(nameof(KubernetesOptions.Arguments), o => o.Arguments)
        .Map(nameof(KubernetesOptions.Environment), o => o.Environment)
        .Text(nameof(KubernetesOptions.ServiceAccount), (o, v) => o.ServiceAccount = v)
        .Flag(nameof(KubernetesOptions.MountServiceAccountToken), (o, v) => o.MountServiceAccountToken = v)
        .Map(nameof(KubernetesOptions.NodeSelector), o => o.NodeSelector)
        .Value(nameof(KubernetesOptions.Tolerations), Tolerate)
        .Flag(nameof(KubernetesOptions.TolerateSpot), (o, v) => o.TolerateSpot = v)
        .Text(nameof(KubernetesOptions.RuntimeClass), (o, v) => o.RuntimeClass = v)
        .Text(nameof(KubernetesOptions.PriorityClass), (o, v) => o.PriorityClass = v)
        .Text(nameof(KubernetesOptions.GpuResource), (o, v) => o.GpuResource = v)
        .Text(nameof(KubernetesOptions.GpuKindLabel), (o, v) => o.GpuKindLabel = v)
        .Text(nameof(KubernetesOptions.Manifest), (o, v) => o.Manifest = v)
        .Span(nameof(KubernetesOptions.UnschedulableAfter), (o, v) => o.UnschedulableAfter = v)
        .Text(nameof(KubernetesOptions.Namespace), (o, v) => o.Namespace = v)
        .Text(nameof(KubernetesOptions.Kubeconfig), (o, v) => o.Kubeconfig = v)
        .Text(nameof(KubernetesOptions.Context), (o, v) => o.Context = v)
        .Value(nameof(KubernetesOptions.Dialling), (o, v) => Enum.TryParse<KubernetesDialling>(v, ignoreCase: true, out var side) && Enum.IsDefined(side) && (o.Dialling = side) == side)
        .Texts(nameof(KubernetesOptions.ParentHosts), o => o.ParentHosts)
        .Whole(nameof(KubernetesOptions.ParentPort), (o, v) => o.ParentPort = v)
        .Flag(nameof(KubernetesOptions.AllowPlainText), (o, v) => o.AllowPlainText = v);

    /// <summary>As kubectl writes taints: <c>gpu=true:NoSchedule</c>, <c>gpu:NoExecute</c>, <c>gpu</c>; several with commas.</summary>
    private static bool Tolerate(KubernetesOptions options, string text)
    {
        foreach (var one in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var effect = one.Split(':', 2);
            if (effect is [_, not ("NoSchedule" or "NoExecute" or "PreferNoSchedule")]) return false;
            var value = effect[0].Split('=', 2);
            options.Tolerations.Add(new V1Toleration
            {
                Key = value[0],
                OperatorProperty = value.Length == 2 ? "Equal" : "Exists",
                Value = value.Length == 2 ? value[1] : null,
                Effect = effect.Length == 2 ? effect[1] : null,
            });
        }

        return true;
    }
}
