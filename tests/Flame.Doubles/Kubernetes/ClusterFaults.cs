using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>A fault that lasts until it is disposed.</summary>
public sealed class Fault(Action end) : IDisposable
{
    private Action? _end = end;

    public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
}

/// <summary>What goes wrong in the cluster when a test says so. This part: the API itself.</summary>
public sealed partial class ClusterFaults
{
    private readonly List<ApiFault> _api = [];
    private readonly KubernetesDouble _cluster;

    internal ClusterFaults(KubernetesDouble cluster) => _cluster = cluster;

    /// <summary>429 as API priority and fairness says it, to the next requests.</summary>
    public void Throttle(int times = 1, int retryAfterSeconds = 1, Func<ApiRequest, bool>? when = null) =>
        Add(new ApiFault(when, times) { Throttled = retryAfterSeconds });

    /// <summary>503 until disposed; the server still answers.</summary>
    public Fault Unavailable(Func<ApiRequest, bool>? when = null) => Until(new ApiFault(when, int.MaxValue) { Error = ApiError.Unavailable });

    /// <summary>A Status of failure to the next requests.</summary>
    public void Fail(int code, string reason, string message, int times = 1, Func<ApiRequest, bool>? when = null) =>
        Add(new ApiFault(when, times) { Error = () => new ApiError(code, reason, message) });

    /// <summary>The next requests are carried out, and their connection is cut before the answer.</summary>
    public void LoseAnswer(Func<ApiRequest, bool>? when = null, int times = 1) => Add(new ApiFault(when, times) { LosesAnswer = true });

    /// <summary>Requests are not carried out before the fault is disposed.</summary>
    public Fault Hold(Func<ApiRequest, bool>? when = null)
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var fault = new ApiFault(when, int.MaxValue) { Held = released.Task };
        Add(fault);
        return new Fault(() =>
        {
            Remove(fault);
            released.SetResult();
        });
    }

    /// <summary>Each answer takes that long.</summary>
    public Fault Slow(TimeSpan delay, Func<ApiRequest, bool>? when = null) => Until(new ApiFault(when, int.MaxValue) { Delay = delay });

    /// <summary>All watches that are open end: cut off, or as if their time were over.</summary>
    public void DropWatches(bool abruptly = true) => _cluster.Watches.Drop(abruptly);

    /// <summary>Every watch that wants bookmarks gets one.</summary>
    public void SendBookmarks() => _cluster.Watches.Bookmark();

    /// <summary>The history up to here is forgotten: whoever asks for what followed an older revision gets 410.</summary>
    public void CompactHistory() => _cluster.Store.Compact();

    /// <summary>The server is gone: connections are cut, new ones refused.</summary>
    public Task ApiDownAsync() => _cluster.Server.StopAsync();

    /// <summary>It is back, at the same address.</summary>
    public Task ApiUpAsync() => _cluster.Server.StartAsync();

    internal ApiFault? Take(ApiRequest request)
    {
        lock (_api)
        {
            var fault = _api.FirstOrDefault(f => f.Matches(request));
            if (fault is not null && --fault.Left == 0) _api.Remove(fault);
            return fault;
        }
    }

    private void Add(ApiFault fault)
    {
        lock (_api) _api.Add(fault);
    }

    private void Remove(ApiFault fault)
    {
        lock (_api) _api.Remove(fault);
    }

    private Fault Until(ApiFault fault)
    {
        Add(fault);
        return new Fault(() => Remove(fault));
    }
}

internal sealed class ApiFault(Func<ApiRequest, bool>? when, int times)
{
    public int Left { get; set; } = times;

    public int? Throttled { get; init; }

    public Func<ApiError>? Error { get; init; }

    public bool LosesAnswer { get; init; }

    public Task? Held { get; init; }

    public TimeSpan Delay { get; init; }

    public bool Matches(ApiRequest request) => when?.Invoke(request) ?? true;
}
