using System.Text;

namespace Flame.Kubernetes.Tests.Cluster;

/// <summary>
/// A cluster of its own for every test, whose pods are real processes; nothing of a test may be left in it. The test
/// itself is a pod of the cluster, or stands outside with a kubeconfig.
/// </summary>
public abstract class ClusterTests : IAsyncLifetime
{
    /// <summary>This program.</summary>
    protected const string App = "app:1";

    /// <summary>A program that runs and never connects.</summary>
    protected const string Idle = "idle:1";

    /// <summary>What its one argument says, in a shell.</summary>
    protected const string Shell = "shell:1";

    protected const string ParentPod = "parent";

    private const string Mark = "FLAME_TEST_RUN";

    private static readonly string[] s_variables = ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "POD_NAME", "POD_NAMESPACE", "KUBECONFIG", Mark];

    private readonly string _run = Guid.NewGuid().ToString("N");
    private readonly string _folder = Directory.CreateTempSubdirectory("flame-cluster-").FullName;

    protected KubernetesDouble Cluster { get; private set; } = null!;

    private protected LogRecorder Log { get; } = new();

    protected string Kubeconfig => Path.Combine(_folder, "kubeconfig");

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The pods that are not the parent's.</summary>
    protected IReadOnlyList<JsonObject> Pods => [.. Cluster.Pods.Where(IsExecutor)];

    public async ValueTask InitializeAsync()
    {
        foreach (var variable in s_variables) Environment.SetEnvironmentVariable(variable, null);
        Environment.SetEnvironmentVariable(Mark, _run);
        var options = new ClusterOptions
        {
            Namespace = "apps",
            Images = { [App] = new LocalImage(Environment.ProcessPath!), [Idle] = new LocalImage("/bin/sleep", ["600"]), [Shell] = new LocalImage("/bin/sh", ["-c"]) },
            Retry = TimeSpan.FromMilliseconds(50),
        };
        Prepare(options);
        Cluster = await KubernetesDouble.StartAsync(options);
        Cluster.CreateParentPod(ParentPod, App, PrepareParent);
        Cluster.WriteKubeconfig(Kubeconfig, admin: false);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await NothingIsLeftAsync();
        }
        finally
        {
            await Cluster.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
            foreach (var variable in s_variables) Environment.SetEnvironmentVariable(variable, null);
        }

        await Patience.UntilAsync(() => MarkedProcesses.Find(Mark, _run).Count == 0);
        Assert.Empty(Cluster.Objections);
        GC.SuppressFinalize(this);
    }

    /// <summary>The cluster, before it starts.</summary>
    protected virtual void Prepare(ClusterOptions cluster)
    {
    }

    /// <summary>The parent's pod, before it is there.</summary>
    protected virtual void PrepareParent(JsonObject pod)
    {
    }

    /// <summary>Pools of a parent that is a pod of the cluster.</summary>
    protected Task<FlamePools> AsPodAsync(Action<FlamePoolOptions>? pool = null, Action<KubernetesOptions>? kubernetes = null, Action<FlameBuilder>? flame = null, string pod = ParentPod)
    {
        Environment.SetEnvironmentVariable("KUBERNETES_SERVICE_HOST", Cluster.SecureUrl.Host);
        Environment.SetEnvironmentVariable("KUBERNETES_SERVICE_PORT", $"{Cluster.SecureUrl.Port}");
        Environment.SetEnvironmentVariable("POD_NAME", pod);
        Environment.SetEnvironmentVariable("POD_NAMESPACE", "apps");
        var files = Cluster.ServiceAccountFolder();
        return StartAsync(pool, o => o.ServiceAccountFiles = files, kubernetes, flame);
    }

    /// <summary>Pools of a parent outside of the cluster.</summary>
    protected Task<FlamePools> OutsideAsync(Action<FlamePoolOptions>? pool = null, Action<KubernetesOptions>? kubernetes = null, Action<FlameBuilder>? flame = null)
    {
        Environment.SetEnvironmentVariable("KUBERNETES_SERVICE_HOST", null);
        return StartAsync(pool, o => (o.Kubeconfig, o.Image) = (Kubeconfig, App), kubernetes, flame);
    }

    /// <summary>The first executor's pod that is so, as soon as there is one.</summary>
    protected Task<JsonObject> PodAsync(Func<JsonObject, bool>? predicate = null) =>
        Cluster.ObjectAsync(ResourceKind.Pods, p => IsExecutor(p) && predicate?.Invoke(p) != false, Ct).Patiently();

    protected Task<JsonObject> RunningAsync() => PodAsync(p => p.Text("status", "phase") == "Running");

    /// <summary>Completes when the API has been asked for it.</summary>
    protected Task UntilAskedAsync(string what, int times = 1) => Patience.UntilAsync(() => Cluster.Requests.Count(r => $"{r.Verb} {r.Resource}" == what && r.Query("dryRun") is null) >= times);

    /// <summary>What an executor was given to find its parent.</summary>
    protected FlameParent ParentOf(JsonObject pod) => FlameParent.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(
        Cluster.Secrets.Single(s => Name(s) == Name(pod)).Text("data", "FLAME_PARENT")!)));

    protected static string Name(JsonObject o) => o.Text("metadata", "name")!;

    protected static string Uid(JsonObject o) => o.Text("metadata", "uid")!;

    protected static bool IsExecutor(JsonObject pod) => Name(pod) != ParentPod;

    /// <summary>Waits until the cluster has no pod but the parent's, no secret and no lease.</summary>
    protected async Task NothingIsLeftAsync()
    {
        await Cluster.GoneAsync(ResourceKind.Pods, IsExecutor, Ct).Patiently();
        await Cluster.GoneAsync(ResourceKind.Secrets, _ => true, Ct).Patiently();
        await Cluster.GoneAsync(ResourceKind.Leases, _ => true, Ct).Patiently();
    }

    private Task<FlamePools> StartAsync(Action<FlamePoolOptions>? pool, Action<KubernetesOptions> place, Action<KubernetesOptions>? kubernetes, Action<FlameBuilder>? flame) =>
        FlameApplication.StartAsync(
            builder =>
            {
                builder.UseKubernetes(place + kubernetes).AddPool("main", p => p.Max = 1).AddPool("main", pool);
                flame?.Invoke(builder);
            },
            loggers: Log,
            ct: Ct);
}
