using System.Reflection;
using System.Runtime.InteropServices;

namespace Flame.Kubernetes.Tests.Cluster;

/// <summary>A cluster that also has the image of the stock executor, whose pods share a cache as those of a node do.</summary>
public abstract class StockClusterTests : ClusterTests
{
    protected const string Stock = "flame-executor:1";

    protected static string Repository { get; } = PathOf("Repository");

    protected static string Dotnet { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    /// <summary>In the cluster's own folder, and gone with it.</summary>
    protected string Cache => Path.Combine(Path.GetDirectoryName(Kubeconfig)!, "cache");

    /// <summary>The hashes of all contents that the executors were sent.</summary>
    protected HashSet<string> Contents => [.. Directory.EnumerateFiles(Path.Combine(Cache, "blobs"), "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file))];

    protected override void Prepare(ClusterOptions cluster) =>
        cluster.Images[Stock] = new LocalImage(Dotnet, PathOf("Stock")) { Environment = new Dictionary<string, string> { ["FLAME_CACHE"] = Cache } };

    private static string PathOf(string what) => Path.GetFullPath(typeof(StockClusterTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == what).Value!);
}
