using System.Globalization;
using k8s;
using k8s.Models;

namespace Flame.Kubernetes;

/// <summary>
/// The pod of a pool's executors: the manifest first, then what the parent's own pod has where the manifest is silent, then
/// the options, then the pool's resources, then the hook.
/// </summary>
internal sealed class PodTemplate(KubernetesOptions options, FlameResources resources, V1Pod? parent)
{
    public V1Pod Build(ExecutorPod executor)
    {
        var pod = Base();
        var container = ExecutorPod.ContainerOf(pod)!;
        if (parent is not null) InheritedPod.Into(pod, container, OwnCopy(parent), options, resources);
        Apply(pod, container);
        Claim(pod, container);
        pod = executor.Mark(pod);
        return options.ConfigurePod is { } configure ? executor.Mark(Whole(configure(pod))) : pod;
    }

    private static V1Pod Whole(V1Pod? pod) =>
        pod?.Spec?.Containers is { Count: > 0 } ? pod : throw new InvalidOperationException("ConfigurePod returned a pod without a container.");

    // What is taken from it may be changed by the hook, and the next boot takes it again.
    private static V1Pod OwnCopy(V1Pod pod) => KubernetesJson.Deserialize<V1Pod>(KubernetesJson.Serialize(pod));

    private V1Pod Base()
    {
        var pod = options.Manifest is { } file ? KubernetesYaml.Deserialize<V1Pod>(File.ReadAllText(file)) ?? new V1Pod() : new V1Pod();
        pod.Spec ??= new V1PodSpec();
        if (pod.Spec.Containers is not { Count: > 0 }) pod.Spec.Containers = [new V1Container()];
        return pod;
    }

    private void Apply(V1Pod pod, V1Container container)
    {
        var spec = pod.Spec;
        container.Image = options.Image ?? container.Image;
        container.ImagePullPolicy = options.ImagePullPolicy ?? container.ImagePullPolicy;
        if (options.Command.Count > 0) container.Command = [.. options.Command];
        if (options.Arguments.Count > 0) container.Args = [.. options.Arguments];
        foreach (var (name, value) in options.Environment)
            container.Env = [.. (container.Env ?? []).Where(e => e.Name != name), new V1EnvVar { Name = name, Value = value }];
        container.VolumeMounts = [.. container.VolumeMounts ?? [], .. options.VolumeMounts];
        spec.Volumes = [.. spec.Volumes ?? [], .. options.Volumes];
        spec.ImagePullSecrets = [.. spec.ImagePullSecrets ?? [], .. options.ImagePullSecrets.Select(name => new V1LocalObjectReference { Name = name })];
        spec.ServiceAccountName = options.ServiceAccount ?? spec.ServiceAccountName;
        spec.AutomountServiceAccountToken = options.MountServiceAccountToken ? true : spec.AutomountServiceAccountToken ?? false;
        spec.RuntimeClassName = options.RuntimeClass ?? spec.RuntimeClassName;
        spec.PriorityClassName = options.PriorityClass ?? spec.PriorityClassName;
        if (options.NodeSelector.Count > 0) spec.NodeSelector = new Dictionary<string, string>(options.NodeSelector);
        spec.Tolerations = [.. spec.Tolerations ?? [], .. options.Tolerations, .. options.TolerateSpot ? Spot() : []];
        pod.Metadata ??= new V1ObjectMeta();
        pod.Metadata.Labels = Merged(pod.Metadata.Labels, options.Labels);
        pod.Metadata.Annotations = Merged(pod.Metadata.Annotations, options.Annotations);

        // Then the kubelet keeps the last lines of a program that failed, and no right to read logs is needed.
        container.TerminationMessagePolicy ??= "FallbackToLogsOnError";

        // Environment variables for every service of the namespace would only be in the way.
        spec.EnableServiceLinks ??= false;
    }

    /// <summary>Memory is a limit too, for whoever takes more must not take it from others; processors are a share, and idle ones are free to use.</summary>
    private void Claim(V1Pod pod, V1Container container)
    {
        var (requests, limits) = (new Dictionary<string, ResourceQuantity>(), new Dictionary<string, ResourceQuantity>());
        if (resources.Cpus is { } cpus) requests["cpu"] = new ResourceQuantity(string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(cpus * 1000)}m"));
        if (resources.MemoryMiB is { } memory) requests["memory"] = limits["memory"] = new ResourceQuantity(string.Create(CultureInfo.InvariantCulture, $"{memory}Mi"));
        if (resources.Gpus > 0) requests[options.GpuResource] = limits[options.GpuResource] = new ResourceQuantity(resources.Gpus.ToString(CultureInfo.InvariantCulture));
        if (resources.GpuKind is { } kind)
            pod.Spec.NodeSelector = new Dictionary<string, string>(pod.Spec.NodeSelector ?? new Dictionary<string, string>()) { [options.GpuKindLabel] = kind };
        if (requests.Count == 0 && limits.Count == 0) return;
        container.Resources ??= new V1ResourceRequirements();
        container.Resources.Requests = Merged(container.Resources.Requests, requests);
        container.Resources.Limits = Merged(container.Resources.Limits, limits);
    }

    // As the clouds document them: GKE and AKS taint spot nodes; EKS does not.
    private static IEnumerable<V1Toleration> Spot() =>
    [
        new() { Key = "cloud.google.com/gke-spot", OperatorProperty = "Equal", Value = "true", Effect = "NoSchedule" },
        new() { Key = "cloud.google.com/gke-preemptible", OperatorProperty = "Equal", Value = "true", Effect = "NoSchedule" },
        new() { Key = "kubernetes.azure.com/scalesetpriority", OperatorProperty = "Equal", Value = "spot", Effect = "NoSchedule" },
    ];

    private static Dictionary<string, TValue> Merged<TValue>(IDictionary<string, TValue>? under, IDictionary<string, TValue> over)
    {
        var merged = under is null ? [] : new Dictionary<string, TValue>(under);
        foreach (var (name, value) in over) merged[name] = value;
        return merged;
    }
}
