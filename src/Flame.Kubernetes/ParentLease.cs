using Flame.Backends;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Flame.Kubernetes;

/// <summary>
/// Stands in the cluster for a parent that is no pod: it owns the executors' pods, so that the cluster removes them with
/// it. The parent renews it and removes it at its end; one that nobody renews any more is removed by the next parent.
/// </summary>
internal sealed class ParentLease : IAsyncDisposable
{
    private static readonly TimeSpan s_life = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_renewal = TimeSpan.FromSeconds(15);

    // Clocks of different machines differ.
    private static readonly TimeSpan s_doubt = TimeSpan.FromMinutes(2);

    private readonly ClusterCalls _calls;
    private readonly V1Lease _lease;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _renewing;

    private ParentLease(ClusterCalls calls, V1Lease lease, ILogger log, TimeProvider time)
    {
        (_calls, _lease) = (calls, lease);
        _renewing = RenewAsync(log, time);
    }

    public V1OwnerReference Owner => new()
    {
        ApiVersion = "coordination.k8s.io/v1",
        Kind = "Lease",
        Name = _lease.Metadata.Name,
        Uid = _lease.Metadata.Uid,
        Controller = true,
        BlockOwnerDeletion = false,
    };

    public static async Task<ParentLease> TakeAsync(ClusterCalls calls, string @namespace, string run, ILogger log, TimeProvider time, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var lease = await calls.CreateAsync(
            new V1Lease
            {
                ApiVersion = "coordination.k8s.io/v1",
                Kind = "Lease",
                Metadata = new V1ObjectMeta
                {
                    Name = $"flame-parent-{run}",
                    NamespaceProperty = @namespace,
                    Labels = new Dictionary<string, string> { [ExecutorPod.ManagedBy] = ExecutorPod.Flame, [ExecutorPod.RunLabel] = run },
                },
                Spec = new V1LeaseSpec
                {
                    HolderIdentity = ParentIdentity.OfThisProcess,
                    LeaseDurationSeconds = (int)s_life.TotalSeconds,
                    AcquireTime = now,
                    RenewTime = now,
                },
            },
            ct).ConfigureAwait(false);
        return new ParentLease(calls, lease, log, time);
    }

    /// <summary>Removes the leases of parents that are gone. What they own goes with them.</summary>
    /// <returns>How many there were.</returns>
    public static async Task<int> SweepAsync(ClusterCalls calls, TimeProvider time, CancellationToken ct)
    {
        var leases = await calls.ListLeasesAsync(ExecutorPod.AnySelector, ct).ConfigureAwait(false);
        var dead = leases.Items.Where(l => IsDead(l, time.GetUtcNow().UtcDateTime)).ToArray();
        foreach (var lease in dead) await calls.DeleteLeaseAsync(lease.Metadata.Name, ct).ConfigureAwait(false);
        return dead.Length;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var patience = new CancellationTokenSource(s_renewal, TimeProvider.System);
        try
        {
            await _calls.DeleteLeaseAsync(_lease.Metadata.Name, patience.Token).ConfigureAwait(false);
        }
        catch (BackendException)
        {
            // Nobody renews it any more: the next parent removes it.
        }

        _end.Dispose();
    }

    private static bool IsDead(V1Lease lease, DateTime now) =>
        ParentIdentity.IsGone(lease.Spec?.HolderIdentity)
        || lease.Spec is not { RenewTime: { } renewed, LeaseDurationSeconds: { } seconds }
        || now - renewed > TimeSpan.FromSeconds(seconds) + s_doubt;

    private async Task RenewAsync(ILogger log, TimeProvider time)
    {
        using var timer = new PeriodicTimer(s_renewal, time);
        while (await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false))
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
            patience.CancelAfter(s_renewal);
            try
            {
                await _calls.RenewAsync(_lease.Metadata.Name, time.GetUtcNow().UtcDateTime, patience.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is BackendException or OperationCanceledException && !_end.IsCancellationRequested)
            {
                KubernetesLog.NotRenewed(log, e.Message);
            }
        }
    }
}
