using System.ComponentModel;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>A container of a pod: from the pull of its image to the exit code of its process.</summary>
internal sealed class ContainerRun(Kubelet kubelet, PodRun pod, JsonObject spec, bool initial)
{
    private const int StartFailed = 128;
    private const int MostLines = 80;
    private const int MostBytes = 2048;

    private MachineProcess? _process;
    private string? _containerId;
    private string? _killedAs;
    private DateTimeOffset _startedAt;
    private int _restarts;

    public string Name { get; } = spec.Text("name")!;

    public bool Initial => initial;

    public string Image { get; } = spec.Text("image")!;

    public ContainerLog Log { get; private set; } = new();

    public JsonObject State { get; private set; } = Waiting(pod.Pod.Items("spec", "initContainers").Length > 0 ? "PodInitializing" : "ContainerCreating");

    public long? ExitCode => State.Number("terminated", "exitCode");

    public bool Running => State["running"] is not null;

    public MachineProcess? Process => _process;

    /// <summary>Runs it once: returns when its process has ended, or could not be started.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await PullAsync(ct).ConfigureAwait(false);
        if (await ConfigureAsync(ct).ConfigureAwait(false) is not { } environment) return;
        _containerId = "containerd://" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        _startedAt = kubelet.Time.GetUtcNow();
        kubelet.Record(pod, "Normal", "Created", $"Created container: {Name}", Name);
        if (!TryStart(environment))
        {
            await pod.ReportAsync().ConfigureAwait(false);
            return;
        }

        State = new JsonObject { ["running"] = new JsonObject { ["startedAt"] = _startedAt.Rfc3339() } };
        kubelet.Record(pod, "Normal", "Started", $"Started container {Name}", Name);
        var reporting = pod.ReportAsync();
        var code = await _process!.Exited.ConfigureAwait(false);
        await reporting.ConfigureAwait(false);
        Log.End();
        State = Terminated(code, _killedAs ?? (code == 0 ? "Completed" : "Error"), code == 0 ? null : LastLines());
        await pod.ReportAsync().ConfigureAwait(false);
    }

    /// <summary>As RestartPolicy has it, after a pause in which the container says why it waits.</summary>
    public async Task RestartAsync(CancellationToken ct)
    {
        _restarts++;
        LastState = (JsonObject)State.DeepClone();
        State = Waiting("CrashLoopBackOff", $"back-off {kubelet.Options.Retry.TotalSeconds:0.###}s restarting failed container={Name} pod={pod.Key.Name}_{pod.Key.Namespace}({pod.Uid})");
        await pod.ReportAsync().ConfigureAwait(false);
        await Task.Delay(kubelet.Options.Retry, ct).ConfigureAwait(false);
        (Log, _killedAs) = (new ContainerLog(), null);
        await RunAsync(ct).ConfigureAwait(false);
    }

    public JsonObject LastState { get; private set; } = [];

    public void KillAs(string reason)
    {
        _killedAs = reason;
        _process?.Signal(MachineProcess.SigKill);
    }

    public void Signal(int signal) => _process?.Signal(signal);

    public async Task KillAsync()
    {
        if (_process is { } process) await process.KillAsync().ConfigureAwait(false);
    }

    public JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["name"] = Name, ["state"] = State.DeepClone(), ["lastState"] = LastState.DeepClone(), ["ready"] = initial ? ExitCode == 0 : Running, ["restartCount"] = _restarts,
            ["image"] = _containerId is null ? Image : ImageNames.Full(Image), ["imageID"] = _containerId is null ? "" : ImageNames.Id(Image), ["started"] = Running,
        };
        if (_containerId is not null) status["containerID"] = _containerId;
        return status;
    }

    private async Task PullAsync(CancellationToken ct)
    {
        if (!ImageNames.IsValid(Image))
        {
            await WaitAsync("InvalidImageName", $"Failed to apply default image tag \"{Image}\": couldn't parse image name \"{Image}\": invalid reference format", ct).ConfigureAwait(false);
            await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(false);
        }

        kubelet.Record(pod, "Normal", "Pulling", $"Pulling image \"{Image}\"", Name);
        await kubelet.Faults.PullAsync(Image, ct).ConfigureAwait(false);
        while (kubelet.Faults.PullFailure(Image) is var failure && (failure is not null || !kubelet.HasImage(Image)))
        {
            failure ??= ImageNames.NotFound(Image);
            if (spec.Text("imagePullPolicy") == "Never")
            {
                await WaitAsync("ErrImageNeverPull", $"Container image \"{Image}\" is not present with pull policy of Never", ct).ConfigureAwait(false);
                continue;
            }

            kubelet.Record(pod, "Warning", "Failed", $"Failed to pull image \"{Image}\": {failure}", Name);
            kubelet.Record(pod, "Warning", "Failed", "Error: ErrImagePull", Name);
            await WaitAsync("ErrImagePull", failure, ct).ConfigureAwait(false);
            kubelet.Record(pod, "Normal", "BackOff", $"Back-off pulling image \"{Image}\"", Name);
            kubelet.Record(pod, "Warning", "Failed", "Error: ImagePullBackOff", Name);
            await WaitAsync("ImagePullBackOff", $"Back-off pulling image \"{Image}\": ErrImagePull: {failure}", ct).ConfigureAwait(false);
        }

        kubelet.Record(pod, "Normal", "Pulled", $"Successfully pulled image \"{Image}\" in 1ms (1ms including waiting). Image size: 1024 bytes.", Name);
    }

    private async Task<Dictionary<string, string>?> ConfigureAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return pod.Environment.Of(spec, kubelet.GivenVariables(pod, Image));
            }
            catch (ContainerConfigException bad)
            {
                kubelet.Record(pod, "Warning", "Failed", $"Error: {bad.Message}", Name);
                await WaitAsync("CreateContainerConfigError", bad.Message, ct).ConfigureAwait(false);
            }
        }
    }

    private bool TryStart(Dictionary<string, string> environment)
    {
        var image = kubelet.Image(Image);
        var args = Texts("args", environment);
        string[] line = Texts("command", environment) is { } command ? [.. command, .. args ?? []] : [.. image.Entrypoint, .. args ?? image.Command];
        var folder = spec.Text("workingDir");
        try
        {
            if (folder is not null) Directory.CreateDirectory(folder);
            _process = MachineProcess.Start(line[0], line[1..], environment, text => Log.Add(kubelet.Time.GetUtcNow(), text), folder);
            return true;
        }
        catch (Exception failure) when (failure is Win32Exception or IOException or UnauthorizedAccessException)
        {
            var message = $"failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"{line[0]}\": {(line[0].Contains('/') ? $"stat {line[0]}: no such file or directory" : "executable file not found in $PATH")}: unknown";
            kubelet.Record(pod, "Warning", "Failed", $"Error: {message}", Name);
            Log.End();
            State = Terminated(StartFailed, "StartError", message);
            return false;
        }
    }

    /// <summary>What is kept of the log of a container that failed, if it wants that.</summary>
    private string? LastLines()
    {
        if (spec.Text("terminationMessagePolicy") != "FallbackToLogsOnError") return null;
        var text = string.Concat(Log.Read(0).Lines.TakeLast(MostLines).Select(l => l.Line + "\n"));
        return text.Length == 0 ? null : text.Length > MostBytes ? text[^MostBytes..] : text;
    }

    private string[]? Texts(string field, Dictionary<string, string> environment) =>
        spec[field] is JsonArray { Count: > 0 } array ? [.. array.Select(a => ContainerEnvironment.Expand(a!.ToString(), environment))] : null;

    private async Task WaitAsync(string reason, string message, CancellationToken ct)
    {
        State = Waiting(reason, message);
        await pod.ReportAsync().ConfigureAwait(false);
        await Task.Delay(kubelet.Options.Retry, ct).ConfigureAwait(false);
    }

    private JsonObject Terminated(int code, string reason, string? message)
    {
        var state = new JsonObject
        {
            ["exitCode"] = code, ["reason"] = reason, ["startedAt"] = _startedAt.Rfc3339(), ["finishedAt"] = kubelet.Time.GetUtcNow().Rfc3339(), ["containerID"] = _containerId,
        };
        if (message is not null) state["message"] = message;
        return new JsonObject { ["terminated"] = state };
    }

    private static JsonObject Waiting(string reason, string? message = null)
    {
        var waiting = new JsonObject { ["reason"] = reason };
        if (message is not null) waiting["message"] = message;
        return new JsonObject { ["waiting"] = waiting };
    }
}
