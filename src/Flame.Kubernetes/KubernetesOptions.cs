using k8s.Models;

namespace Flame.Kubernetes;

/// <summary>
/// What executor pods look like and how they and the parent find each other. Everything that is not said is taken from the
/// parent's own pod. Set in code, under <c>Flame:Kubernetes</c>, or for one pool under <c>Flame:Pools:&lt;name&gt;:Kubernetes</c>.
/// Not thread-safe; read-only once the pools have started.
/// </summary>
public sealed class KubernetesOptions
{
    /// <summary>The image of the executors.</summary>
    /// <value>Default: the image of the parent's container. Needed where the parent is not in a cluster.</value>
    public string? Image { get; set; }

    /// <summary>When the image is pulled: <c>Always</c>, <c>IfNotPresent</c> or <c>Never</c>.</summary>
    /// <value>Default: that of the parent's container, else the cluster's default.</value>
    public string? ImagePullPolicy { get; set; }

    /// <summary>Names of the secrets that let the cluster pull the image.</summary>
    /// <value>Default: none beside the parent pod's.</value>
    public IList<string> ImagePullSecrets { get; } = [];

    /// <summary>Which container of the parent's pod is this program.</summary>
    /// <value>Default: the annotation <c>kubectl.kubernetes.io/default-container</c>, else the first.</value>
    public string? ParentContainer { get; set; }

    /// <summary>What executors take from the parent's pod.</summary>
    /// <value>Default: <see cref="FromParentPod.All"/>.</value>
    public FromParentPod Inherit { get; set; } = FromParentPod.All;

    /// <summary>
    /// Keys of labels that are copied from the parent's pod. Never those by which a Service or Deployment selects the
    /// parent: executors would get its traffic.
    /// </summary>
    /// <value>Default: none.</value>
    public IList<string> LabelsFromParent { get; } = [];

    /// <summary>Labels of the pods, beside Flame's own.</summary>
    public IDictionary<string, string> Labels { get; } = new Dictionary<string, string>();

    /// <summary>Annotations of the pods, beside Flame's own.</summary>
    public IDictionary<string, string> Annotations { get; } = new Dictionary<string, string>();

    /// <summary>The program in the image.</summary>
    /// <value>Default: that of the parent's container, else the image's entry point.</value>
    public IList<string> Command { get; } = [];

    /// <summary>Its arguments.</summary>
    /// <value>Default: those of the parent's container, else the image's.</value>
    public IList<string> Arguments { get; } = [];

    /// <summary>Environment variables, on top of those of the parent's container. No secrets: use a Secret and <see cref="ConfigurePod"/>.</summary>
    public IDictionary<string, string> Environment { get; } = new Dictionary<string, string>();

    /// <summary>The service account of the pods.</summary>
    /// <value>Default: that of the parent's pod.</value>
    public string? ServiceAccount { get; set; }

    /// <summary>
    /// Whether executors get the token of their service account. They need none, unless methods talk to the cluster or
    /// executors have pools of their own.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool MountServiceAccountToken { get; set; }

    /// <summary>Labels that a node must have. Replaces that of the parent's pod.</summary>
    public IDictionary<string, string> NodeSelector { get; } = new Dictionary<string, string>();

    /// <summary>Taints that are tolerated, on top of those that the parent's pod tolerates.</summary>
    public IList<V1Toleration> Tolerations { get; } = [];

    /// <summary>Whether the taints of spot nodes (GKE, AKS) are tolerated. A node that is taken away drains its executors first.</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool TolerateSpot { get; set; }

    /// <summary>The runtime class, for example <c>nvidia</c> or <c>gvisor</c>.</summary>
    /// <value>Default: that of the parent's pod.</value>
    public string? RuntimeClass { get; set; }

    /// <summary>The priority class.</summary>
    /// <value>Default: that of the parent's pod.</value>
    public string? PriorityClass { get; set; }

    /// <summary>The resource that <see cref="FlameResources.Gpus"/> counts.</summary>
    /// <value>Default: <c>nvidia.com/gpu</c>.</value>
    public string GpuResource { get; set; } = "nvidia.com/gpu";

    /// <summary>The label of nodes that <see cref="FlameResources.GpuKind"/> must equal.</summary>
    /// <value>Default: <c>nvidia.com/gpu.product</c>, as NVIDIA's feature discovery sets it.</value>
    public string GpuKindLabel { get; set; } = "nvidia.com/gpu.product";

    /// <summary>Volumes, beside those of the parent's pod. Each needs a mount.</summary>
    public IList<V1Volume> Volumes { get; } = [];

    /// <summary>Where volumes are mounted, beside the mounts of the parent's container.</summary>
    public IList<V1VolumeMount> VolumeMounts { get; } = [];

    /// <summary>
    /// A YAML file with a pod, of which any part may be missing. It comes before what is taken from the parent's pod, and
    /// the other options come on top of it. The executor's container is the first, or that with the name <c>executor</c>.
    /// </summary>
    public string? Manifest { get; set; }

    /// <summary>
    /// Changes the finished pod, or returns another. What Flame needs is put back afterwards: name, namespace, owner, labels,
    /// <c>restartPolicy</c>, grace period and <c>FLAME_PARENT</c>. Called for each boot and once at start, on any thread; must not block.
    /// </summary>
    public Func<V1Pod, V1Pod>? ConfigurePod { get; set; }

    /// <summary>
    /// How long a pod that no node can take waits for one, before its boot fails with the scheduler's words. Where a cluster
    /// autoscaler adds nodes give it the time, and <see cref="FlamePoolOptions.BootTimeout"/> too. From zero up.
    /// </summary>
    /// <value>Default: zero.</value>
    public TimeSpan UnschedulableAfter { get; set; }

    /// <summary>The namespace of the pods. For all pools together.</summary>
    /// <value>Default: that of the parent's pod, else that of the kubeconfig's context.</value>
    public string? Namespace { get; set; }

    /// <summary>The kubeconfig, where the parent is not in a cluster. For all pools together.</summary>
    /// <value>Default: <c>KUBECONFIG</c>, else <c>~/.kube/config</c>.</value>
    public string? Kubeconfig { get; set; }

    /// <summary>The context of the kubeconfig. For all pools together.</summary>
    /// <value>Default: its current context.</value>
    public string? Context { get; set; }

    /// <summary>Which side opens the connection of a link. For all pools together.</summary>
    /// <value>Default: <see cref="KubernetesDialling.Automatic"/>.</value>
    public KubernetesDialling Dialling { get; set; }

    /// <summary>Names and addresses under which executors reach the parent, the best first. For all pools together.</summary>
    /// <value>Default: the addresses of the parent's pod.</value>
    public IList<string> ParentHosts { get; } = [];

    /// <summary>The port on which the parent listens for executors; 0 takes a free one. For all pools together.</summary>
    /// <value>Default: 0. A network policy between executors and parent needs a fixed one.</value>
    public int ParentPort { get; set; }

    /// <summary>
    /// Neither encrypts links nor lets executors know their parent. Only where the network does both, as a service mesh may.
    /// For all pools together.
    /// </summary>
    /// <value>Default: <see langword="false"/>: TLS 1.3.</value>
    public bool AllowPlainText { get; set; }

    /// <summary>Where the service account's files are, if not where every pod has them.</summary>
    internal string ServiceAccountFiles { get; set; } = "/var/run/secrets/kubernetes.io/serviceaccount";
}
