namespace Flame.Kubernetes;

/// <summary>Which side opens the connection of a link. Everything above the connection is the same, encryption included.</summary>
public enum KubernetesDialling
{
    /// <summary>Executors where they can reach the parent: in a cluster, or with <see cref="KubernetesOptions.ParentHosts"/>. Else the parent.</summary>
    Automatic,

    /// <summary>Executors dial the parent, over gRPC.</summary>
    Executor,

    /// <summary>The parent comes to each executor through the API server (port-forward). For a parent that nothing in the cluster can reach.</summary>
    Parent,
}

/// <summary>What executors take from the parent's own pod. An option, the manifest, or the pool's resources come before it.</summary>
[Flags]
public enum FromParentPod
{
    /// <summary>Nothing but the image.</summary>
    None = 0,

    /// <summary>Environment variables, also those that come from config maps, secrets and fields.</summary>
    Environment = 1,

    /// <summary>Command, arguments and working directory.</summary>
    Command = 2,

    /// <summary>Volumes that many pods can have (config maps, secrets, projected, empty, CSI, NFS, ephemeral), with their mounts. Claims are not taken.</summary>
    Volumes = 4,

    /// <summary>Requests and limits, where the pool names no resources.</summary>
    Resources = 8,

    /// <summary>Node selector and tolerations.</summary>
    Scheduling = 16,

    /// <summary>Service account and image pull secrets.</summary>
    Accounts = 32,

    /// <summary>Security contexts of pod and container.</summary>
    Security = 64,

    /// <summary>Runtime class, priority class, DNS settings and host aliases.</summary>
    Runtime = 128,

    /// <summary>All of these.</summary>
    All = Environment | Command | Volumes | Resources | Scheduling | Accounts | Security | Runtime,
}
