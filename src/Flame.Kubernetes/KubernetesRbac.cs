namespace Flame.Kubernetes;

/// <summary>The rights that a parent needs in its namespace, as a manifest to apply. Thread-safe.</summary>
public static class KubernetesRbac
{
    /// <summary>A Role and a RoleBinding with all that is needed and nothing else; executors need no rights.</summary>
    /// <param name="namespace">The namespace of parent and executors.</param>
    /// <param name="serviceAccount">The parent's service account.</param>
    /// <param name="dialling">Which side dials: only where the parent does, it needs <c>pods/portforward</c>.</param>
    /// <param name="inCluster">Whether the parent is a pod. Where it is not, a Lease stands for it, and it needs to keep that.</param>
    /// <returns>YAML of two documents.</returns>
    public static string Manifest(string @namespace, string serviceAccount, KubernetesDialling dialling = KubernetesDialling.Automatic, bool inCluster = true)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(@namespace);
        ArgumentException.ThrowIfNullOrWhiteSpace(serviceAccount);
        var parentDials = dialling == KubernetesDialling.Parent || (dialling == KubernetesDialling.Automatic && !inCluster);
        return Rights.Manifest(@namespace, serviceAccount, Rights.Of(parentDials, inCluster));
    }
}
