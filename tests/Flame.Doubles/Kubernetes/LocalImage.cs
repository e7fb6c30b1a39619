namespace Flame.Doubles.Kubernetes;

/// <summary>A program of this host that stands for a container image.</summary>
public sealed record LocalImage(params string[] Entrypoint)
{
    public LocalImage(string path, IEnumerable<string> arguments)
        : this([path, .. arguments])
    {
    }

    /// <summary>What follows the entrypoint unless the container has args.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>As the image's ENV: the container's own variables win.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}

/// <summary>A node; amounts as Kubernetes writes them.</summary>
public sealed class NodeOptions
{
    public string Name { get; set; } = "node-1";

    public IDictionary<string, string> Capacity { get; } = new Dictionary<string, string> { ["cpu"] = "64", ["memory"] = "256Gi", ["ephemeral-storage"] = "100Gi", ["pods"] = "110" };

    public IDictionary<string, string> Labels { get; } = new Dictionary<string, string>();

    /// <summary>key, value, effect (NoSchedule, NoExecute).</summary>
    public IList<(string Key, string Value, string Effect)> Taints { get; } = [];
}

public sealed class KubernetesOptions
{
    /// <summary>Image name, exactly as pods name it, to what runs.</summary>
    public IDictionary<string, LocalImage> Images { get; } = new Dictionary<string, LocalImage>();

    public IList<NodeOptions> Nodes { get; } = [new NodeOptions()];

    /// <summary>The namespace of the kubeconfig and of the parent; it exists from the start.</summary>
    public string Namespace { get; set; } = "default";

    /// <summary>How long the node waits before it pulls again, and before it tries a bad container configuration again. A real one begins with ten seconds.</summary>
    public TimeSpan Retry { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Between two bookmarks of a watch that wants them. A real server sends one a minute.</summary>
    public TimeSpan BookmarkInterval { get; set; } = TimeSpan.FromMinutes(1);
}
