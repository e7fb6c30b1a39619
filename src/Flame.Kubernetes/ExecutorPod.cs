using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Flame.Backends;
using k8s.Models;

namespace Flame.Kubernetes;

/// <summary>What Flame itself puts on a pod and its secret, whatever the rest looks like.</summary>
internal sealed record ExecutorPod(string Name, string Namespace, string Pool, string Executor, string Run, V1OwnerReference Owner, TimeSpan Grace)
{
    public const string Container = "executor";
    public const string ManagedBy = "app.kubernetes.io/managed-by";
    public const string Flame = "flame";
    public const string RunLabel = "flame.dotnet/run";
    public const string PoolLabel = "flame.dotnet/pool";
    public const string ExecutorAnnotation = "flame.dotnet/executor";

    /// <summary>Keeps the pod from being scheduled until its secret is there.</summary>
    public const string Gate = "flame.dotnet/secret";

    private const int MaxPoolPart = 30;

    public static ExecutorPod Of(BootRequest request, string @namespace, string run, V1OwnerReference owner)
    {
        var number = request.Executor[(request.Executor.LastIndexOf('/') + 1)..];
        var suffix = RandomNumberGenerator.GetHexString(8, lowercase: true);
        return new ExecutorPod($"flame-{Label(request.Pool)}-{number}-{suffix}", @namespace, request.Pool, request.Executor, run, owner, request.ShutdownTimeout);
    }

    /// <summary>A selector of all executors of all parents in a namespace.</summary>
    public static string AnySelector => $"{ManagedBy}={Flame},{RunLabel}";

    public static string SelectorOf(string run) => $"{ManagedBy}={Flame},{RunLabel}={run}";

    /// <summary>Puts it on; also back, where a hook took it off.</summary>
    public V1Pod Mark(V1Pod pod)
    {
        pod.ApiVersion = "v1";
        pod.Kind = "Pod";
        pod.Metadata ??= new V1ObjectMeta();
        pod.Metadata.Name = Name;
        pod.Metadata.GenerateName = null;
        pod.Metadata.NamespaceProperty = Namespace;
        pod.Metadata.OwnerReferences = [Owner];
        pod.Metadata.Labels = Marked(pod.Metadata.Labels);
        pod.Metadata.Annotations ??= new Dictionary<string, string>();
        pod.Metadata.Annotations[ExecutorAnnotation] = Executor;
        pod.Spec.RestartPolicy = "Never";
        pod.Spec.TerminationGracePeriodSeconds = (long)Math.Ceiling(Grace.TotalSeconds);
        pod.Spec.SchedulingGates = [.. (pod.Spec.SchedulingGates ?? []).Where(g => g.Name != Gate), new V1PodSchedulingGate { Name = Gate }];
        var container = ContainerOf(pod)!;
        container.Name = Container;
        container.Env = [.. (container.Env ?? []).Where(e => e.Name != FlameParent.Variable), Variable()];
        return pod;
    }

    /// <summary>The secret with the executor's one-time token. The pod owns it: they go together.</summary>
    public V1Secret Secret(string variable, V1Pod pod) => new()
    {
        ApiVersion = "v1",
        Kind = "Secret",
        Metadata = new V1ObjectMeta
        {
            Name = Name,
            NamespaceProperty = Namespace,
            Labels = Marked(null),
            OwnerReferences = [new V1OwnerReference { ApiVersion = "v1", Kind = "Pod", Name = Name, Uid = pod.Metadata.Uid, BlockOwnerDeletion = false, Controller = true }],
        },
        Type = "Opaque",
        Immutable = true,
        Data = new Dictionary<string, byte[]> { [FlameParent.Variable] = Encoding.UTF8.GetBytes(variable) },
    };

    public bool IsMine(V1ObjectMeta found) => found.Labels?.TryGetValue(RunLabel, out var run) == true && run == Run;

    public static V1Container? ContainerOf(V1Pod pod) =>
        pod.Spec?.Containers?.FirstOrDefault(c => c.Name == Container) ?? pod.Spec?.Containers?.FirstOrDefault();

    private V1EnvVar Variable() => new()
    {
        Name = FlameParent.Variable,
        ValueFrom = new V1EnvVarSource { SecretKeyRef = new V1SecretKeySelector { Name = Name, Key = FlameParent.Variable } },
    };

    private Dictionary<string, string> Marked(IDictionary<string, string>? labels) => new(labels ?? new Dictionary<string, string>())
    {
        [ManagedBy] = Flame,
        [RunLabel] = Run,
        [PoolLabel] = Label(Pool),
    };

    /// <summary>A name as DNS has it: lower-case letters, digits and dashes.</summary>
    private static string Label(string name)
    {
        var label = new string([.. name.ToLower(CultureInfo.InvariantCulture).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]).Trim('-');
        return label.Length == 0 ? "pool" : label.Length > MaxPoolPart ? label[..MaxPoolPart].TrimEnd('-') : label;
    }
}
