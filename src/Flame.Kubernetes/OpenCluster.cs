using k8s.Models;

namespace Flame.Kubernetes;

/// <summary>All that a parent has while its backend is open. Made as one thing once everything is checked, and ended as one.</summary>
internal sealed record OpenCluster(
    ClusterConnection Connection, ClusterCalls Calls, PodWatch Watch, PodRemovals Removals, string Run, V1OwnerReference Owner, V1Pod? ParentPod) : IAsyncDisposable
{
    /// <summary>What stands for this parent, where it is no pod.</summary>
    public ParentLease? Lease { get; init; }

    /// <summary>How the parent comes to its executors, where they cannot come to it.</summary>
    public PortForward? Forward { get; init; }

    public async ValueTask DisposeAsync()
    {
        await Removals.WhenAllAsync().ConfigureAwait(false);
        await Watch.DisposeAsync().ConfigureAwait(false);
        if (Lease is not null) await Lease.DisposeAsync().ConfigureAwait(false);
        Connection.Dispose();
    }
}
