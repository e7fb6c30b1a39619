namespace Flame.Doubles.Kubernetes;

/// <summary>A kind of object that the API serves.</summary>
public sealed record ResourceKind(string Group, string Plural, string Kind, bool Namespaced, params string[] ShortNames)
{
    public static readonly ResourceKind Pods = new("", "pods", "Pod", true, "po");
    public static readonly ResourceKind Secrets = new("", "secrets", "Secret", true);
    public static readonly ResourceKind Events = new("", "events", "Event", true, "ev");
    public static readonly ResourceKind ConfigMaps = new("", "configmaps", "ConfigMap", true, "cm");
    public static readonly ResourceKind ServiceAccounts = new("", "serviceaccounts", "ServiceAccount", true, "sa");
    public static readonly ResourceKind Namespaces = new("", "namespaces", "Namespace", false, "ns");
    public static readonly ResourceKind Nodes = new("", "nodes", "Node", false, "no");
    public static readonly ResourceKind Leases = new("coordination.k8s.io", "leases", "Lease", true);
    public static readonly ResourceKind ReplicaSets = new("apps", "replicasets", "ReplicaSet", true, "rs");
    public static readonly ResourceKind Deployments = new("apps", "deployments", "Deployment", true, "deploy");
    public static readonly ResourceKind AccessReviews = new("authorization.k8s.io", "selfsubjectaccessreviews", "SelfSubjectAccessReview", false);

    public static readonly IReadOnlyList<ResourceKind> All =
        [Pods, Secrets, Events, ConfigMaps, ServiceAccounts, Namespaces, Nodes, Leases, ReplicaSets, Deployments, AccessReviews];

    public string ApiVersion => Group.Length == 0 ? "v1" : Group + "/v1";

    public string Singular => Kind.ToLowerInvariant();

    /// <summary>"pods", "leases.coordination.k8s.io": how the API's messages name it.</summary>
    public string GroupResource => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public bool Stored => this != AccessReviews;

    public bool HasStatus => this == Pods || this == Nodes || this == Namespaces || this == ReplicaSets || this == Deployments;

    public static ResourceKind? Of(string group, string plural) => All.FirstOrDefault(k => k.Group == group && k.Plural == plural);

    public bool Equals(ResourceKind? other) => other is not null && other.Group == Group && other.Plural == Plural;

    public override int GetHashCode() => HashCode.Combine(Group, Plural);
}
