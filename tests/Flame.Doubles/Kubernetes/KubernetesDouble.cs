using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>
/// A cluster for tests: the API speaks the real protocol on loopback, its containers are processes of this host. All of it
/// ends when it is disposed. Thread-safe.
/// </summary>
public sealed partial class KubernetesDouble : IAsyncDisposable
{
    private readonly ClusterCertificates _certificates = new();
    private readonly ConcurrentQueue<ApiRequest> _requests = [];
    private readonly ConcurrentQueue<string> _objections = [];
    private readonly GarbageCollector _collector;
    private readonly Scheduler _scheduler;

    private KubernetesDouble(KubernetesOptions options)
    {
        Options = options;
        Store = new ObjectStore(TimeProvider.System);
        Events = new EventRecorder(Store);
        Faults = new ClusterFaults(this);
        Watches = new WatchHub(this);
        Kubelet = new Kubelet(Store, options, Events, Faults, Accounts);
        _scheduler = new Scheduler(Store, Events);
        _collector = new GarbageCollector(Store);
        Server = new ApiServer(_certificates.Server, new ApiHandler(this).HandleAsync);
    }

    public KubernetesOptions Options { get; }

    public ClusterFaults Faults { get; }

    /// <summary>The plain one: http://127.0.0.1:port.</summary>
    public Uri Url => new($"http://127.0.0.1:{Server.HttpPort}");

    /// <summary>The one that pods are told of; its certificate is from <see cref="CertificateAuthority"/>.</summary>
    public Uri SecureUrl => new($"https://127.0.0.1:{Server.HttpsPort}");

    /// <summary>PEM.</summary>
    public string CertificateAuthority => _certificates.AuthorityPem;

    /// <summary>Of the namespace's default service account, which <see cref="Rights"/> count for.</summary>
    public string Token => Accounts.TokenOf(Options.Namespace, "default");

    /// <summary>Of a user whom everything is allowed.</summary>
    public string AdminToken => Accounts.AdminToken;

    /// <summary>What all but the admin may do; null (the default) is everything.</summary>
    public AccessRights? Rights { get; set; }

    /// <summary>All requests for resources since the start, in order.</summary>
    public IReadOnlyList<ApiRequest> Requests => [.. _requests];

    /// <summary>What clients sent that the API's schema does not know. Nothing is what a test should find here.</summary>
    public IReadOnlyList<string> Objections => [.. _objections];

    public int OpenWatches => Watches.Count;

    internal ObjectStore Store { get; }

    internal EventRecorder Events { get; }

    internal Kubelet Kubelet { get; }

    internal WatchHub Watches { get; }

    internal ServiceAccounts Accounts { get; } = new();

    internal ApiServer Server { get; }

    public static async Task<KubernetesDouble> StartAsync(KubernetesOptions? options = null)
    {
        var cluster = new KubernetesDouble(options ?? new KubernetesOptions());
        foreach (var ns in new[] { "default", "kube-system", cluster.Options.Namespace }.Distinct())
        {
            var o = new JsonObject { ["metadata"] = new JsonObject { ["name"] = ns } };
            ObjectDefaults.Apply(ResourceKind.Namespaces, "", o);
            cluster.Store.Create(new ObjectKey(ResourceKind.Namespaces, "", ns), o);
            cluster.Furnish(ns);
        }

        foreach (var node in cluster.Options.Nodes) cluster.Store.Create(NodeObjects.Key(node.Name), NodeObjects.Create(node, cluster.Store.Time.GetUtcNow()));
        await cluster.Server.StartAsync().ConfigureAwait(false);
        cluster.Accounts.Api = ("127.0.0.1", cluster.Server.HttpsPort, cluster.CertificateAuthority);
        cluster.Kubelet.Start();
        cluster._scheduler.Start();
        cluster._collector.Start();
        return cluster;
    }

    /// <summary>A kubeconfig as kubectl and the client libraries read it.</summary>
    public string WriteKubeconfig(string path, bool secure = true, bool admin = true)
    {
        var authority = secure ? $"\n    certificate-authority-data: {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(CertificateAuthority))}" : "";
        File.WriteAllText(path, $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: double
              cluster:
                server: {(secure ? SecureUrl : Url).GetLeftPart(UriPartial.Authority)}{authority.Replace("\n    ", "\n    ", StringComparison.Ordinal)}
            users:
            - name: user
              user:
                token: {(admin ? AdminToken : Token)}
            contexts:
            - name: double
              context:
                cluster: double
                user: user
                namespace: {Options.Namespace}
            current-context: double

            """);
        return path;
    }

    /// <summary>A folder with token, ca.crt and namespace, as a pod of the default service account finds it; deleted at the end.</summary>
    public string ServiceAccountFolder() => Accounts.Keep(Accounts.Folder(Options.Namespace, "default"));

    /// <summary>The default service account's old token is refused from now on.</summary>
    public string RotateToken() => Accounts.Rotate(Options.Namespace, "default");

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync().ConfigureAwait(false);
        await _scheduler.DisposeAsync().ConfigureAwait(false);
        await _collector.DisposeAsync().ConfigureAwait(false);
        await Kubelet.DisposeAsync().ConfigureAwait(false);
        Accounts.Dispose();
        _certificates.Dispose();
    }

    internal bool Allows(string user, string group, string resource, string verb, string ns)
    {
        if (user == ServiceAccounts.AdminUser) return true;
        if (user == "system:anonymous") return false;

        // Everybody may ask what he may.
        return Rights is not { } rights || group == ResourceKind.AccessReviews.Group || rights.Allows(group, resource, verb, ns);
    }

    internal void Saw(ApiRequest request) => _requests.Enqueue(request);

    internal void Object(string objection) => _objections.Enqueue(objection);

    /// <summary>What the controllers put into every namespace.</summary>
    internal void Furnish(string ns)
    {
        Store.Create(new ObjectKey(ResourceKind.ServiceAccounts, ns, "default"), new JsonObject { ["kind"] = "ServiceAccount", ["apiVersion"] = "v1" });
        Store.Create(new ObjectKey(ResourceKind.ConfigMaps, ns, "kube-root-ca.crt"), new JsonObject { ["kind"] = "ConfigMap", ["apiVersion"] = "v1", ["data"] = new JsonObject { ["ca.crt"] = CertificateAuthority } });
    }

    /// <summary>A namespace takes all that is in it along.</summary>
    internal void Empty(string ns)
    {
        foreach (var (key, _) in Store.Everything().Where(o => o.Key.Namespace == ns)) Store.TryChange(key, null, o => Deletion.Begin(Store.Time, key.Kind, o, null));
    }
}
