using System.Collections.Concurrent;
using Flame.Backends;
using Microsoft.Extensions.Logging;

namespace Flame.Kubernetes;

/// <summary>Removes pods, and does not forget one because the API server was away. What is still left when the backend ends has an owner, and goes with it.</summary>
internal sealed class PodRemovals(ClusterCalls calls, ILogger log, TimeProvider time)
{
    private const long Grace = 1;

    // A kubelet that lives ends a container within this time; behind it, only the object is left to remove.
    private static readonly TimeSpan s_kubeletPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_apiPatience = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<Task, byte> _open = new();

    /// <summary>Ends a pod at once: SIGTERM, a second later SIGKILL, and by force where its node does not answer.</summary>
    public Task RemoveAsync(PodExecutor executor, Task gone, CancellationToken ct) => Open(RemoveAsync(executor.Name, gone)).WaitAsync(ct);

    /// <summary>What a failed boot may have left.</summary>
    public void Forget(string pod) => Open(RemoveAsync(pod, Task.CompletedTask));

    /// <summary>Waits for all removals under way.</summary>
    public Task WhenAllAsync() => Task.WhenAll(_open.Keys);

    private Task Open(Task removing)
    {
        _open[removing] = 0;
        _ = removing.ContinueWith(ended => _open.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return removing;
    }

    private async Task RemoveAsync(string pod, Task gone)
    {
        using var patience = new CancellationTokenSource(s_apiPatience, time);
        try
        {
            if (!await calls.DeletePodAsync(pod, Grace, patience.Token).ConfigureAwait(false)) return;
            if (await Task.WhenAny(gone, Task.Delay(s_kubeletPatience, time, patience.Token)).ConfigureAwait(false) == gone) return;
            await calls.DeletePodAsync(pod, 0, patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is BackendException or OperationCanceledException)
        {
            KubernetesLog.NotRemoved(log, pod, e.Message);
        }
    }
}
