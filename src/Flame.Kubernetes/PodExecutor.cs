using Flame.Backends;
using k8s.Models;

namespace Flame.Kubernetes;

/// <summary>One executor as a pod. The watch tells it what becomes of it.</summary>
internal sealed class PodExecutor : BackendExecutor
{
    private readonly TaskCompletionSource<BackendExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly OpenCluster _cluster;
    private readonly BootRequest _request;
    private readonly TimeSpan _unschedulableAfter;
    private V1Pod? _last;
    private ITimer? _unschedulable;
    private volatile bool _stopped;

    public PodExecutor(OpenCluster cluster, BootRequest request, string name, TimeSpan unschedulableAfter)
    {
        (_cluster, _request, Name, _unschedulableAfter) = (cluster, request, name, unschedulableAfter);
        cluster.Watch.Follow(this);
    }

    public string Name { get; }

    /// <summary>Whether the API server has said that there is such a pod.</summary>
    public bool IsCreated { get; set; }

    public override string Description => $"pod {Name}";

    public override Task<BackendExit> Exited => _exited.Task;

    /// <summary>Completes when its container runs; also when it never will.</summary>
    public Task Running => _running.Task;

    public override string? Trouble
    {
        get
        {
            lock (_gate) return _last is null ? null : PodWords.Of(_last).Trouble;
        }
    }

    /// <summary>What the cluster now says of the pod.</summary>
    public void Changed(V1Pod pod)
    {
        lock (_gate) _last = pod;
        if (PodWords.IsScheduled(pod)) _request.Clock?.Scheduled();
        var words = PodWords.Of(pod);
        if (words.Exit is { } exit) End(exit);
        if (words.WaitsFor is { } what) _request.Report(what);
        if (words.IsRunning) _running.TrySetResult();
        Schedule(words.Unschedulable);
    }

    /// <summary>The pod is no more.</summary>
    public void Deleted(V1Pod? pod)
    {
        lock (_gate) pod ??= _last;
        End(pod is null ? new BackendExit("was deleted from the cluster") : PodWords.Deleted(pod));
        _gone.TrySetResult();
    }

    internal override Task<int> RunAsync(IReadOnlyList<string> words, Func<bool, ReadOnlyMemory<byte>, Task> print, CancellationToken ct)
    {
        V1Pod? pod;
        lock (_gate) pod = _last;
        var connection = _cluster.Connection;
        return new PodExec(connection.Client, connection.Namespace, Name, pod is null ? null : ExecutorPod.ContainerOf(pod)?.Name).RunAsync(words, print, ct);
    }

    public override async Task StopAsync(CancellationToken ct)
    {
        _stopped = true;
        if (_gone.Task.IsCompleted) return;
        await _cluster.Removals.RemoveAsync(this, _gone.Task, ct).ConfigureAwait(false);
        End(new BackendExit("stopped by its parent"));
    }

    public override async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        _cluster.Watch.Leave(this);
        _cluster.Forward?.Forget(_request.Executor);
        lock (_gate) _unschedulable?.Dispose();
    }

    private void End(BackendExit exit)
    {
        // A program that dumps its environment must not carry the secret into the parent's logs.
        if (_request.ParentVariable.Length > 0) exit = exit with { Reason = exit.Reason.Replace(_request.ParentVariable, "…", StringComparison.Ordinal) };
        _exited.TrySetResult(_stopped && !_exited.Task.IsCompleted ? new BackendExit("stopped by its parent") : exit);
        _running.TrySetResult();
    }

    private void Schedule(string? unschedulable)
    {
        lock (_gate)
        {
            if (unschedulable is null || _unschedulableAfter > TimeSpan.Zero)
            {
                if (unschedulable is null)
                {
                    _unschedulable?.Dispose();
                    _unschedulable = null;
                }
                else
                {
                    _unschedulable ??= _request.Time.CreateTimer(_ => End(new BackendExit(unschedulable, Permanent: true)), null, _unschedulableAfter, Timeout.InfiniteTimeSpan);
                }

                return;
            }
        }

        End(new BackendExit($"{unschedulable} (where nodes are added on demand, set UnschedulableAfter)", Permanent: true));
    }
}
