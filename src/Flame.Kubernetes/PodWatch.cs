using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Flame.Kubernetes;

/// <summary>
/// One watch for all executors of this parent: what the cluster says of a pod reaches its executor at once. After every
/// break it lists anew, so that what happened meanwhile is not missed. A pod of this run that belongs to no executor is a
/// stray: its boot was given up while it was on its way.
/// </summary>
internal sealed class PodWatch(k8s.Kubernetes client, string @namespace, string run, Action<string> stray, ILogger log, TimeProvider time) : IAsyncDisposable
{
    // The server ends a watch then; one that is silent for longer has lost it.
    private const int WatchSeconds = 240;

    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(WatchSeconds + 30);
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, PodExecutor> _executors = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private Task? _watching;

    /// <summary>Follows the pod of this executor from now on, also while it is being created.</summary>
    public void Follow(PodExecutor executor)
    {
        _executors[executor.Name] = executor;
        lock (_gate) _watching ??= Task.Run(WatchAsync);
    }

    public void Leave(PodExecutor executor) => _executors.TryRemove(executor.Name, out _);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        Task? watching;
        lock (_gate) watching = _watching;
        if (watching is not null) await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task WatchAsync()
    {
        var pause = s_firstPause;
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var version = await ListAsync(_end.Token).ConfigureAwait(false);
                pause = s_firstPause;
                await FollowAsync(version, _end.Token).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                if (_end.IsCancellationRequested) return;

                // Once: an API server that is away says nothing new at every try.
                if (pause == s_firstPause) KubernetesLog.WatchBroke(log, ClusterCalls.Words(e));
                await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), time, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
            }
        }
    }

    /// <summary>All pods as they are, and the version from which changes count.</summary>
    private async Task<string> ListAsync(CancellationToken ct)
    {
        // Those that are created while the list is on its way may be in it or not.
        var created = _executors.Values.Where(e => e.IsCreated).ToArray();
        var list = await client.CoreV1.ListNamespacedPodAsync(@namespace, labelSelector: ExecutorPod.SelectorOf(run), cancellationToken: ct).ConfigureAwait(false);
        var present = list.Items.ToDictionary(p => p.Metadata.Name, StringComparer.Ordinal);
        foreach (var executor in created.Where(e => !present.ContainsKey(e.Name))) executor.Deleted(null);
        foreach (var pod in present.Values) Tell(pod);
        return list.Metadata.ResourceVersion;
    }

    private async Task FollowAsync(string version, CancellationToken ct)
    {
        using var silent = new CancellationTokenSource(s_silence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, silent.Token);
        Exception? error = null;
        try
        {
            while (true)
            {
                version = await FollowOnceAsync(version, silent, Fail, either.Token).ConfigureAwait(false);

                // Something in between may end every watch at once.
                await Task.Delay(s_firstPause, time, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (error is not null)
        {
            throw error;
        }
        catch (OperationCanceledException) when (silent.IsCancellationRequested)
        {
            throw new IOException("the watch fell silent");
        }

        // Whatever is not understood, 410 Gone among it, is mended by a new list.
        void Fail(Exception e)
        {
            error ??= e;
            either.Cancel();
        }
    }

    /// <summary>One watch, until the server ends it.</summary>
    /// <returns>The version that it came to.</returns>
    private async Task<string> FollowOnceAsync(string version, CancellationTokenSource silent, Action<Exception> fail, CancellationToken ct)
    {
        var events = client.CoreV1.WatchListNamespacedPodAsync(
            @namespace, labelSelector: ExecutorPod.SelectorOf(run), resourceVersion: version, allowWatchBookmarks: true, timeoutSeconds: WatchSeconds,
            onError: fail, cancellationToken: ct);
        await foreach (var (kind, pod) in events.ConfigureAwait(false))
        {
            silent.CancelAfter(s_silence);
            version = pod.Metadata.ResourceVersion;
            if (kind is WatchEventType.Added or WatchEventType.Modified) Tell(pod);
            else if (kind == WatchEventType.Deleted && _executors.TryGetValue(pod.Metadata.Name, out var gone)) gone.Deleted(pod);
        }

        ct.ThrowIfCancellationRequested();
        return version;
    }

    private void Tell(V1Pod pod)
    {
        if (_executors.TryGetValue(pod.Metadata.Name, out var executor)) executor.Changed(pod);
        else if (pod.Metadata.DeletionTimestamp is null) stray(pod.Metadata.Name);
    }
}
