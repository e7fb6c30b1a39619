using k8s.Models;

namespace Flame.Kubernetes;

/// <summary>What an executor has from its parent's pod, wherever its own manifest says nothing. Sidecars, probes, ports and labels are the parent's alone.</summary>
internal static class InheritedPod
{
    private const string DefaultContainer = "kubectl.kubernetes.io/default-container";

    public static void Into(V1Pod pod, V1Container container, V1Pod parent, KubernetesOptions options, FlameResources resources)
    {
        var own = ContainerOf(parent, options.ParentContainer)!;
        var (spec, from) = (pod.Spec, parent.Spec);
        container.Image ??= own.Image;
        container.ImagePullPolicy ??= own.ImagePullPolicy;
        if (Has(FromParentPod.Environment)) Environment(container, own);
        if (Has(FromParentPod.Command)) Command(container, own);
        if (Has(FromParentPod.Volumes)) Volumes(spec, container, from, own);
        if (Has(FromParentPod.Resources) && resources is { Cpus: null, MemoryMiB: null, Gpus: 0 }) container.Resources ??= own.Resources;
        if (Has(FromParentPod.Scheduling))
        {
            spec.NodeSelector ??= from.NodeSelector;
            spec.Tolerations = [.. spec.Tolerations ?? [], .. (from.Tolerations ?? []).Where(t => !IsOfEveryPod(t))];
        }

        if (Has(FromParentPod.Accounts))
        {
            spec.ServiceAccountName ??= from.ServiceAccountName;
            spec.ImagePullSecrets ??= from.ImagePullSecrets;
        }

        if (Has(FromParentPod.Security))
        {
            spec.SecurityContext ??= from.SecurityContext;
            container.SecurityContext ??= own.SecurityContext;
        }

        if (Has(FromParentPod.Runtime)) Runtime(spec, from);
        foreach (var key in options.LabelsFromParent)
        {
            if (parent.Metadata.Labels?.TryGetValue(key, out var value) != true) continue;
            pod.Metadata ??= new V1ObjectMeta();
            pod.Metadata.Labels ??= new Dictionary<string, string>();
            pod.Metadata.Labels.TryAdd(key, value!);
        }

        bool Has(FromParentPod part) => options.Inherit.HasFlag(part);
    }

    /// <summary>The container that this program runs in; <see langword="null"/>: there is none of that name.</summary>
    public static V1Container? ContainerOf(V1Pod parent, string? name)
    {
        name ??= parent.Metadata.Annotations?.TryGetValue(DefaultContainer, out var marked) == true ? marked : null;
        return name is null ? parent.Spec.Containers[0] : parent.Spec.Containers.FirstOrDefault(c => c.Name == name);
    }

    private static void Environment(V1Container container, V1Container own)
    {
        var given = (container.Env ?? []).Select(e => e.Name).ToHashSet(StringComparer.Ordinal);
        container.Env = [.. (own.Env ?? []).Where(e => e.Name != FlameParent.Variable && !given.Contains(e.Name)), .. container.Env ?? []];
        container.EnvFrom = [.. own.EnvFrom ?? [], .. container.EnvFrom ?? []];
    }

    private static void Command(V1Container container, V1Container own)
    {
        if (container.Command is null && container.Args is null) (container.Command, container.Args) = (own.Command, own.Args);
        container.WorkingDir ??= own.WorkingDir;
    }

    private static void Volumes(V1PodSpec spec, V1Container container, V1PodSpec from, V1Container own)
    {
        var taken = (from.Volumes ?? []).Where(IsForMany).Where(v => spec.Volumes?.Any(o => o.Name == v.Name) != true).ToArray();
        spec.Volumes = [.. spec.Volumes ?? [], .. taken];
        container.VolumeMounts =
        [
            .. container.VolumeMounts ?? [],
            .. (own.VolumeMounts ?? []).Where(m => taken.Any(v => v.Name == m.Name) && container.VolumeMounts?.Any(o => o.MountPath == m.MountPath) != true),
        ];
    }

    // The cluster gives every pod the token of its account by itself, as such a volume.
    private static bool IsForMany(V1Volume volume) =>
        !volume.Name.StartsWith("kube-api-access-", StringComparison.Ordinal)
        && (volume.ConfigMap ?? volume.Secret ?? volume.Projected ?? volume.EmptyDir ?? volume.DownwardAPI ?? volume.Csi ?? volume.Nfs ?? volume.Ephemeral ?? (object?)volume.Image) is not null;

    // Put on by the cluster itself; it does so for executors too.
    private static bool IsOfEveryPod(V1Toleration toleration) =>
        toleration is { Key: "node.kubernetes.io/not-ready" or "node.kubernetes.io/unreachable", Effect: "NoExecute", TolerationSeconds: 300 };

    private static void Runtime(V1PodSpec spec, V1PodSpec from)
    {
        spec.RuntimeClassName ??= from.RuntimeClassName;
        spec.PriorityClassName ??= from.PriorityClassName;
        spec.DnsPolicy ??= from.DnsPolicy;
        spec.DnsConfig ??= from.DnsConfig;
        spec.HostAliases ??= from.HostAliases;
        spec.HostNetwork ??= from.HostNetwork;
    }
}
