using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>Why a pod ends before its containers do.</summary>
internal sealed record Verdict(string Reason, string Message, string? Disruption = null);

/// <summary>A pod on its node, from ContainerCreating to the removal of its object.</summary>
internal sealed class PodRun : IDisposable
{
    private readonly Kubelet _kubelet;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _sooner = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset? _killAt;
    private Verdict? _verdict;
    private Timer? _deadline;
    private bool _sandbox;
    private bool _over;

    public PodRun(Kubelet kubelet, ObjectKey key, JsonObject pod)
    {
        (_kubelet, Key, Pod) = (kubelet, key, pod);
        Uid = pod.Text("metadata", "uid")!;
        Node = pod.Text("spec", "nodeName")!;
        Containers =
        [
            .. pod.Items("spec", "initContainers").Select(c => new ContainerRun(kubelet, this, c, initial: true)),
            .. pod.Items("spec", "containers").Select(c => new ContainerRun(kubelet, this, c, initial: false)),
        ];
        Ip = kubelet.NextAddress();
        Environment = new ContainerEnvironment(kubelet.Store, pod, Ip, Kubelet.HostAddress);
    }

    public ObjectKey Key { get; }

    public string Uid { get; }

    public string Node { get; }

    public string Ip { get; }

    public JsonObject Pod { get; private set; }

    public IReadOnlyList<ContainerRun> Containers { get; }

    public ContainerEnvironment Environment { get; }

    public DateTimeOffset StartTime { get; private set; }

    /// <summary>When nothing is left to do for it.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    public void Start()
    {
        StartTime = _kubelet.Time.GetUtcNow();
        Completion = Task.Run(RunAsync);
    }

    /// <summary>The object as it is now; one that is being deleted ends the run.</summary>
    public void Update(JsonObject pod)
    {
        Pod = pod;
        SetDeadline();
        if (pod.Text("metadata", "deletionTimestamp") is null) return;
        End(null, TimeSpan.FromSeconds(pod.Number("metadata", "deletionGracePeriodSeconds") ?? 0));
        _leaving.TrySetResult();
    }

    /// <summary>The object is gone: what still runs of it is ended as if it had just been asked to.</summary>
    public void Removed()
    {
        End(null, Grace());
        _leaving.TrySetResult();
    }

    public TimeSpan Grace() => TimeSpan.FromSeconds(Pod.Number("metadata", "deletionGracePeriodSeconds") ?? Pod.Number("spec", "terminationGracePeriodSeconds") ?? 30);

    /// <summary>SIGTERM now, SIGKILL after the grace. A later call can only shorten it.</summary>
    public void End(Verdict? verdict, TimeSpan grace)
    {
        lock (_lock)
        {
            if (!_over) _verdict ??= verdict;
            var at = _kubelet.Time.GetUtcNow() + grace;
            if (at >= _killAt) return;
            _killAt = at;
            var sooner = _sooner;
            _sooner = new(TaskCreationOptions.RunContinuationsAsynchronously);
            sooner.SetResult();
        }

        _ = _ending.CancelAsync();
    }

    /// <summary>Writes what is so into the object's status, as soon as the node can reach the API.</summary>
    public Task ReportAsync() => _kubelet.ReportAsync(this, WriteStatus);

    public async Task KillAsync() => await Task.WhenAll(Containers.Select(c => c.KillAsync())).ConfigureAwait(false);

    public void Dispose() => _ending.Dispose();

    private async Task RunAsync()
    {
        await using var deadline = _deadline = new Timer(_ => End(new Verdict("DeadlineExceeded", "Pod was active on the node longer than the specified deadline"), Grace()));
        SetDeadline();
        await ReportAsync().ConfigureAwait(false);
        _sandbox = true;
        var running = RunContainersAsync(_ending.Token);
        var ended = new TaskCompletionSource();
        await using (_ending.Token.Register(ended.SetResult)) await Task.WhenAny(running, ended.Task).ConfigureAwait(false);
        if (!running.IsCompleted) await StopAsync(running).ConfigureAwait(false);
        lock (_lock) _over = true;
        await ReportAsync().ConfigureAwait(false);
        await _leaving.Task.ConfigureAwait(false);
        await _kubelet.RemoveAsync(this).ConfigureAwait(false);
    }

    // It counts from the start, and can be set and shortened later.
    private void SetDeadline()
    {
        if (Pod.Number("spec", "activeDeadlineSeconds") is not { } seconds) return;
        var left = StartTime + TimeSpan.FromSeconds(seconds) - _kubelet.Time.GetUtcNow();
        try
        {
            _deadline?.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The pod is over.
        }
    }

    private async Task RunContainersAsync(CancellationToken ct)
    {
        try
        {
            await _kubelet.Faults.BootAsync(Pod, ct).ConfigureAwait(false);
            foreach (var container in Containers.Where(c => c.Initial))
            {
                await SuperviseAsync(container, ct).ConfigureAwait(false);
                if (container.ExitCode != 0) return;
            }

            await Task.WhenAll(Containers.Where(c => !c.Initial).Select(c => SuperviseAsync(c, ct))).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // A container that was not there yet never comes.
        }
    }

    private async Task SuperviseAsync(ContainerRun container, CancellationToken ct)
    {
        await container.RunAsync(ct).ConfigureAwait(false);
        while (Restarts(container)) await container.RestartAsync(ct).ConfigureAwait(false);
    }

    private bool Restarts(ContainerRun container) => !_ending.IsCancellationRequested && Pod.Text("spec", "restartPolicy") switch
    {
        "Never" => false,
        "OnFailure" => container.ExitCode != 0,
        _ => !container.Initial || container.ExitCode != 0,
    };

    private async Task StopAsync(Task running)
    {
        foreach (var container in Containers.Where(c => c.Running))
        {
            _kubelet.Record(this, "Normal", "Killing", $"Stopping container {container.Name}", container.Name);
            container.Signal(MachineProcess.SigTerm);
        }

        while (!running.IsCompleted)
        {
            Task sooner;
            TimeSpan left;
            lock (_lock) (sooner, left) = (_sooner.Task, _killAt!.Value - _kubelet.Time.GetUtcNow());
            if (left <= TimeSpan.Zero) break;
            await Task.WhenAny(running, sooner, Task.Delay(left)).ConfigureAwait(false);
        }

        await KillAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
    }

    private void WriteStatus(JsonObject status)
    {
        var now = _kubelet.Time.GetUtcNow();
        var main = Containers.Where(c => !c.Initial).ToArray();
        var unready = main.Where(c => !c.Running).Select(c => c.Name).ToArray();
        var initialized = Containers.Where(c => c.Initial).All(c => c.ExitCode == 0);
        Verdict? verdict;
        bool over;
        lock (_lock) (verdict, over) = (_verdict, _over);

        // The last container's end and the pod's are one piece of news.
        over |= main.All(c => c.ExitCode is not null && !Restarts(c));

        status["phase"] = verdict is not null ? "Failed"
            : over ? (Containers.All(c => c.ExitCode == 0) ? "Succeeded" : "Failed")
            : main.Any(c => c.Running || c.ExitCode is not null || c.LastState.Count > 0) ? "Running" : "Pending";
        if (verdict is not null) (status["reason"], status["message"]) = (verdict.Reason, verdict.Message);
        if (verdict?.Disruption is { } disruption) PodStatus.Condition(status, now, "DisruptionTarget", "True", disruption, verdict.Message);

        var completed = status.Text("phase") == "Succeeded" ? "PodCompleted" : status.Text("phase") == "Failed" ? "PodFailed" : null;
        var (ready, why) = (unready.Length == 0 && !over ? "True" : "False", completed is null ? $"containers with unready status: [{string.Join(' ', unready)}]" : null);
        PodStatus.Condition(status, now, "PodReadyToStartContainers", _sandbox && !over ? "True" : "False");
        PodStatus.Condition(status, now, "Initialized", initialized ? "True" : "False", initialized ? null : "ContainersNotInitialized");
        PodStatus.Condition(status, now, "Ready", ready, ready == "True" ? null : completed ?? "ContainersNotReady", ready == "True" ? null : why);
        PodStatus.Condition(status, now, "ContainersReady", ready, ready == "True" ? null : completed ?? "ContainersNotReady", ready == "True" ? null : why);
        PodStatus.Condition(status, now, "PodScheduled", "True");

        status["hostIP"] = Kubelet.HostAddress;
        status["hostIPs"] = new JsonArray(new JsonObject { ["ip"] = Kubelet.HostAddress });
        status["startTime"] = StartTime.Rfc3339();
        if (_sandbox) (status["podIP"], status["podIPs"]) = (Ip, new JsonArray(new JsonObject { ["ip"] = Ip }));
        status["containerStatuses"] = main.Select(c => c.ToStatus()).ToJson();
        if (main.Length < Containers.Count) status["initContainerStatuses"] = Containers.Where(c => c.Initial).Select(c => c.ToStatus()).ToJson();
    }
}
