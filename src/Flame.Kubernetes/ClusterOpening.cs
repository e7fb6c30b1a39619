using Flame.Backends;
using Flame.Grpc;
using k8s.Exceptions;
using k8s.Models;
using Microsoft.Extensions.Logging;
using System.Net;

namespace Flame.Kubernetes;

/// <summary>What happens before the first boot: find the cluster and the own pod, check every pool and right, remove what an earlier run left.</summary>
internal sealed class ClusterOpening(BackendOpening opening, BackendOptions<KubernetesOptions> options)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_addressPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_addressPause = TimeSpan.FromMilliseconds(200);

    private readonly KubernetesOptions _all = options.Of(null);
    private readonly ILogger _log = opening.Loggers.CreateLogger("Flame.Kubernetes");

    /// <summary>Opens the cluster, or leaves only problems behind.</summary>
    public async Task<(OpenCluster? Cluster, LinkPlan? Plan)> RunAsync(CancellationToken ct)
    {
        if (Connect() is not { } connection) return default;
        var cluster = await CheckedAsync(connection, ct).ConfigureAwait(false);
        if (cluster.Item1 is null) connection.Dispose();
        return cluster;
    }

    /// <summary>Looks again at what can be wrong with a cluster that is open: the rights, and whether the API server takes each pool's pod.</summary>
    public async Task CheckAgainAsync(OpenCluster cluster, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(s_patience, opening.Time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        await CheckRightsAsync(cluster.Calls, cluster.Connection, patience.Token).ConfigureAwait(false);
        if (opening.Problems.Length > 0) return;
        foreach (var pool in opening.Pools) await CheckPoolAsync(cluster.Calls, cluster.Connection, pool, cluster.ParentPod, patience.Token).ConfigureAwait(false);
    }

    private ClusterConnection? Connect()
    {
        try
        {
            return ClusterConnection.Open(_all);
        }
        catch (Exception e) when (e is KubeConfigException or IOException or UnauthorizedAccessException or FormatException or YamlDotNet.Core.YamlException)
        {
            opening.Problem($"FLM1130: Kubernetes: no cluster was found: {e.Message} In a pod its service account token must be mounted; elsewhere set KUBECONFIG, or Flame:Kubernetes:Kubeconfig.");
            return null;
        }
    }

    private async Task<(OpenCluster?, LinkPlan?)> CheckedAsync(ClusterConnection connection, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(s_patience, opening.Time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        var calls = new ClusterCalls(connection.Client, connection.Namespace, opening.Time);
        try
        {
            await CheckRightsAsync(calls, connection, patience.Token).ConfigureAwait(false);
            if (opening.Problems.Length > 0) return default;
            var parent = connection.OwnPod is { } name ? await OwnPodAsync(calls, name, patience.Token).ConfigureAwait(false) : null;
            if (connection.OwnPod is { } missing && parent is null)
            {
                opening.Problem($"FLM1131: Kubernetes: this process runs in a pod, and namespace {connection.Namespace} has none of the name '{missing}'. Give it POD_NAME and POD_NAMESPACE through the downward API.");
                return default;
            }

            if (Plan(parent) is not { } plan) return default;
            foreach (var pool in opening.Pools) await CheckPoolAsync(calls, connection, pool, parent, patience.Token).ConfigureAwait(false);
            return opening.Problems.Length > 0 ? default : (await OpenAsync(calls, connection, parent, plan, patience.Token).ConfigureAwait(false), plan);
        }
        catch (Exception e) when (e is BackendException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            var words = e is BackendException ? e.Message : $"it did not answer within {s_patience.TotalSeconds:0} s";
            opening.Problem($"FLM1130: Kubernetes: the API server at {connection.Client.BaseUri} cannot be used: {words}");
            return default;
        }
    }

    /// <summary>The own pod. A container may run before the kubelet has said what address it has.</summary>
    private async Task<V1Pod?> OwnPodAsync(ClusterCalls calls, string name, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(s_addressPatience, opening.Time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        while (true)
        {
            var pod = await calls.FindPodAsync(name, ct).ConfigureAwait(false);
            if (pod is null or { Status.PodIPs.Count: > 0 } || patience.IsCancellationRequested) return pod;
            await Task.Delay(s_addressPause, opening.Time, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Who dials, and where to.</summary>
    private LinkPlan? Plan(V1Pod? parent)
    {
        if (ParentDials(isPod: parent is not null)) return new LinkPlan(null, new ReverseListener());
        string[] hosts = _all.ParentHosts.Count > 0 ? [.. _all.ParentHosts] : [.. parent?.Status?.PodIPs?.Select(ip => ip.Ip) ?? []];
        if (hosts.Length == 0)
        {
            opening.Problem(parent is null
                ? "FLM1133: Flame:Kubernetes:ParentHosts — executors shall dial this parent, which is not in the cluster. Name an address that pods reach, or leave Dialling automatic: then the parent comes to them through the API server."
                : $"FLM1133: Flame:Kubernetes:ParentHosts — pod {parent.Metadata.Name} has no address yet. Name one, or start later.");
            return null;
        }

        if (_all.ParentPort is < 0 or > ushort.MaxValue)
        {
            opening.Problem($"FLM1133: Flame:Kubernetes:ParentPort — {_all.ParentPort} is no port. Ports go from 1 to 65535; 0 takes a free one.");
            return null;
        }

        var link = new GrpcLinkOptions { Address = IPAddress.IPv6Any, Port = _all.ParentPort, AllowPlainText = _all.AllowPlainText };
        if (!System.Net.Sockets.Socket.OSSupportsIPv6) link.Address = IPAddress.Any;
        foreach (var host in hosts) link.Hosts.Add(host);
        return new LinkPlan(link, null);
    }

    private bool ParentDials(bool isPod) =>
        _all.Dialling == KubernetesDialling.Parent || (_all.Dialling == KubernetesDialling.Automatic && !isPod && _all.ParentHosts.Count == 0);

    // First of all: without a right, nothing else could be said but that something failed.
    private async Task CheckRightsAsync(ClusterCalls calls, ClusterConnection connection, CancellationToken ct)
    {
        var isPod = connection.OwnPod is not null;
        var rights = Rights.Of(ParentDials(isPod), isPod);
        foreach (var problem in await Rights.MissingAsync(calls, connection.Namespace, rights, ct).ConfigureAwait(false)) opening.Problem(problem);
    }

    /// <summary>Builds the pool's pod and has the API server look at it.</summary>
    private async Task CheckPoolAsync(ClusterCalls calls, ClusterConnection connection, BackendPool pool, V1Pod? parent, CancellationToken ct)
    {
        var path = $"Flame:Pools:{pool.Name}:Kubernetes";
        var known = opening.Problems.Length;
        var own = options.Of(pool.Name);
        if (own.UnschedulableAfter < TimeSpan.Zero) opening.Problem($"FLM1134: {path}:UnschedulableAfter — {own.UnschedulableAfter} is below zero.");
        if (parent is not null && InheritedPod.ContainerOf(parent, own.ParentContainer) is null)
        {
            opening.Problem($"FLM1134: {path}:ParentContainer — pod {parent.Metadata.Name} has no container '{own.ParentContainer}'. It has: {string.Join(", ", parent.Spec.Containers.Select(c => c.Name))}.");
            return;
        }

        V1Pod pod;
        try
        {
            var request = new BootRequest(pool.Name, $"{pool.Name}/0", "", static _ => { }) { ShutdownTimeout = pool.Options.ShutdownTimeout };
            var nobody = new V1OwnerReference { ApiVersion = "v1", Kind = "Pod", Name = "check", Uid = Guid.NewGuid().ToString() };
            pod = new PodTemplate(own, pool.Options.Resources, parent).Build(ExecutorPod.Of(request, connection.Namespace, opening.Run, nobody));
        }
        catch (Exception e)
        {
            opening.Problem($"FLM1134: {path} — no pod can be made: {e.Message}");
            return;
        }

        if (string.IsNullOrEmpty(ExecutorPod.ContainerOf(pod)?.Image))
        {
            opening.Problem($"FLM1134: {path}:Image — executors need an image: this parent is not in the cluster, and has none that they could take.");
            return;
        }

        if (opening.Problems.Length > known) return;
        try
        {
            await calls.CheckAsync(pod, ct).ConfigureAwait(false);
        }
        catch (BackendException e) when (e.Permanent)
        {
            opening.Problem($"FLM1134: {path} — {e.Message}");
        }
        catch (BackendException)
        {
            // A quota that is used up now may not be later: the boot tells.
        }
    }

    private async Task<OpenCluster> OpenAsync(ClusterCalls calls, ClusterConnection connection, V1Pod? parent, LinkPlan plan, CancellationToken ct)
    {
        await SweepAsync(calls, parent, ct).ConfigureAwait(false);
        var lease = parent is null ? await ParentLease.TakeAsync(calls, connection.Namespace, opening.Run, _log, opening.Time, ct).ConfigureAwait(false) : null;
        var dialling = plan.Reverse is null ? $"they dial {string.Join(", ", plan.Dialled!.Hosts)}" : "this parent comes to them through the API server";
        KubernetesLog.Opened(_log, _all.Image ?? (parent is null ? "the pools' images" : InheritedPod.ContainerOf(parent, _all.ParentContainer)?.Image ?? ""), connection.Namespace, connection.Client.BaseUri.ToString(), dialling);
        var removals = new PodRemovals(calls, _log, opening.Time);
        return new OpenCluster(
            connection, calls, new PodWatch(connection.Client, connection.Namespace, opening.Run, removals.Forget, _log, opening.Time), removals,
            opening.Run, lease?.Owner ?? Owner(parent!), parent)
        {
            Lease = lease,
            Forward = plan.Reverse is { } listener ? new PortForward(connection.Client, connection.Namespace, listener, _log, opening.Time) : null,
        };
    }

    /// <summary>What an earlier process of this pod, or parents outside that are gone, left behind.</summary>
    private async Task SweepAsync(ClusterCalls calls, V1Pod? parent, CancellationToken ct)
    {
        var leases = parent is null ? await ParentLease.SweepAsync(calls, opening.Time, ct).ConfigureAwait(false) : 0;
        var left = parent is null ? [] : (await calls.ListPodsAsync(ExecutorPod.AnySelector, ct).ConfigureAwait(false)).Items
            .Where(p => p.Metadata.OwnerReferences?.Any(o => o.Uid == parent.Metadata.Uid) == true && p.Metadata.Labels[ExecutorPod.RunLabel] != opening.Run).ToArray();
        foreach (var pod in left) await calls.DeletePodAsync(pod.Metadata.Name, 1, ct).ConfigureAwait(false);
        if (leases + left.Length > 0) KubernetesLog.Swept(_log, left.Length, leases);
    }

    private static V1OwnerReference Owner(V1Pod parent) => new()
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Name = parent.Metadata.Name,
        Uid = parent.Metadata.Uid,

        // No ReplicaSet may take executors for pods of its own.
        Controller = true,
        BlockOwnerDeletion = false,
    };
}
