using System.Security.Cryptography.X509Certificates;
using k8s;
using k8s.Authentication;
using k8s.Exceptions;

namespace Flame.Kubernetes;

/// <summary>How this process speaks to its API server, and in which namespace: as a pod, or with a kubeconfig as kubectl does.</summary>
internal sealed class ClusterConnection : IDisposable
{
    private ClusterConnection(k8s.Kubernetes client, string @namespace, string? ownPod) => (Client, Namespace, OwnPod) = (client, @namespace, ownPod);

    public k8s.Kubernetes Client { get; }

    public string Namespace { get; }

    /// <summary>The name of the pod that this process runs in; <see langword="null"/>: it is not in the cluster.</summary>
    public string? OwnPod { get; }

    /// <exception cref="KubeConfigException">There is no way to a cluster; the message says what was looked for.</exception>
    public static ClusterConnection Open(KubernetesOptions options)
    {
        var inCluster = options.Kubeconfig is null && options.Context is null && IsPod(options);
        var configuration = inCluster ? OfPod(options) : OfFile(options);

        // A watch that hears nothing because the network swallows everything must not stay so.
        var client = new k8s.Kubernetes(configuration);
        var home = inCluster ? Environment.GetEnvironmentVariable("POD_NAMESPACE") : null;
        return new ClusterConnection(client, options.Namespace ?? home ?? configuration.Namespace ?? "default", inCluster ? PodName() : null);
    }

    public void Dispose() => Client.Dispose();

    private static bool IsPod(KubernetesOptions options) =>
        Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is { Length: > 0 } && File.Exists(Path.Combine(options.ServiceAccountFiles, "token"));

    // By the downward API where the manifest gives it; a pod's host name is its own name unless it was given another.
    private static string PodName() => Environment.GetEnvironmentVariable("POD_NAME") is { Length: > 0 } name ? name
        : Environment.GetEnvironmentVariable("HOSTNAME") is { Length: > 0 } host ? host : Environment.MachineName;

    private static KubernetesClientConfiguration OfPod(KubernetesOptions options)
    {
        var files = options.ServiceAccountFiles;
        var host = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST")!;
        var port = int.TryParse(Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT"), out var given) ? given : 443;
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(Path.Combine(files, "ca.crt"));
        return new KubernetesClientConfiguration
        {
            Host = new UriBuilder(Uri.UriSchemeHttps, host, port).ToString(),

            // The file changes: tokens live for an hour.
            TokenProvider = new TokenFileAuth(Path.Combine(files, "token")),
            SslCaCerts = authorities,
            Namespace = File.ReadAllText(Path.Combine(files, "namespace")).Trim(),
        };
    }

    // As kubectl finds it.
    private static KubernetesClientConfiguration OfFile(KubernetesOptions options)
    {
        var given = options.Kubeconfig ?? Environment.GetEnvironmentVariable("KUBECONFIG");
        string[] named = string.IsNullOrEmpty(given) ? [KubernetesClientConfiguration.KubeConfigDefaultLocation] : given.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var files = named.Where(File.Exists).ToArray();
        if (files.Length == 0) throw new KubeConfigException($"there is no file {string.Join(" or ", named)}.");

        // The library merges several files only as a whole, so a context is looked for in each.
        if (files.Length > 1 && options is { Kubeconfig: null, Context: null }) return KubernetesClientConfiguration.BuildDefaultConfig();
        var file = files.FirstOrDefault(f => KubernetesClientConfiguration.LoadKubeConfig(f).Contexts?.Any(c => c.Name == options.Context) == true) ?? files[0];
        return KubernetesClientConfiguration.BuildConfigFromConfigFile(file, options.Context);
    }
}
