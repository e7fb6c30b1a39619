using Flame.Backends;
using Flame.Links;

namespace Flame.Kubernetes;

/// <summary>
/// Executors are pods. Their owner is the parent's pod, or a lease that stands for it, so that the cluster itself removes
/// what a dead parent left.
/// </summary>
internal sealed class KubernetesBackend : FlameBackend
{
    private readonly BackendOptions<KubernetesOptions> _options;
    private readonly Lock _gate = new();
    private TaskCompletionSource<LinkPlan> _plan = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private OpenCluster? _cluster;

    public KubernetesBackend(BackendOptions<KubernetesOptions> options)
    {
        _options = options;
        Carrier = new KubernetesCarrier(() => _plan.Task, () => options.Of(null).AllowPlainText);
    }

    public override string Name => "kubernetes";

    internal override LinkCarrier Carrier { get; }

    // The kubelet looks at its containers once a second, and reports after that.
    internal override TimeSpan ReasonPatience => TimeSpan.FromSeconds(5);

    public override async Task OpenAsync(BackendOpening opening, CancellationToken ct)
    {
        var opened = await new ClusterOpening(opening, _options).RunAsync(ct).ConfigureAwait(false);
        if (opened is not ({ } cluster, { } plan)) return;
        lock (_gate) _cluster = cluster;
        _plan.TrySetResult(plan);
    }

    internal override async Task<string> CheckAsync(BackendOpening opening, CancellationToken ct)
    {
        var cluster = Cluster();
        await new ClusterOpening(opening, _options).CheckAgainAsync(cluster, ct).ConfigureAwait(false);
        return $"the rights in namespace {cluster.Connection.Namespace} are there, and {cluster.Connection.Client.BaseUri} takes the pool's pod";
    }

    public override async Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        var cluster = Cluster();
        var options = _options.Of(request.Pool);
        var mark = ExecutorPod.Of(request, cluster.Connection.Namespace, cluster.Run, cluster.Owner);
        var pod = new PodTemplate(options, request.Resources, cluster.ParentPod).Build(mark);
        var executor = new PodExecutor(cluster, request, mark.Name, options.UnschedulableAfter);
        try
        {
            request.Report("waits for the API server");
            var created = await cluster.Calls.CreateAsync(pod, ct).ConfigureAwait(false);
            if (!mark.IsMine(created.Metadata)) throw new BackendException($"pod {mark.Name} is somebody else's");
            executor.IsCreated = true;
            await cluster.Calls.CreateAsync(mark.Secret(request.ParentVariable, created), ct).ConfigureAwait(false);
            await cluster.Calls.OpenGateAsync(mark.Name, ct).ConfigureAwait(false);
        }
        catch
        {
            // Also where it is not known whether the pod was created.
            cluster.Watch.Leave(executor);
            cluster.Removals.Forget(mark.Name);
            cluster.Forward?.Forget(request.Executor);
            throw;
        }

        if (cluster.Forward is { } forward) _ = ForwardAsync(forward, executor, request, ct);
        return executor;
    }

    public override async ValueTask DisposeAsync()
    {
        OpenCluster? cluster;
        lock (_gate) (cluster, _cluster, _plan) = (_cluster, null, new TaskCompletionSource<LinkPlan>(TaskCreationOptions.RunContinuationsAsynchronously));
        if (cluster is not null) await cluster.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task ForwardAsync(PortForward forward, PodExecutor executor, BootRequest request, CancellationToken ct)
    {
        try
        {
            await forward.ConnectAsync(executor, request.Executor, ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The boot was given up, and says so itself.
        }
        catch (Exception e)
        {
            request.Report($"cannot be reached through the API server: {ClusterCalls.Words(e)}");
        }
    }

    private OpenCluster Cluster()
    {
        lock (_gate) return _cluster ?? throw new BackendException("the Kubernetes backend is not open", permanent: true);
    }
}
