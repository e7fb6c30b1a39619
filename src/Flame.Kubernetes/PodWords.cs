using System.Globalization;
using Flame.Backends;
using k8s.Models;

namespace Flame.Kubernetes;

/// <summary>What a pod's status says of its executor.</summary>
/// <param name="Exit">It is gone, or can never come up.</param>
/// <param name="WaitsFor">What it waits for; <see langword="null"/>: nothing.</param>
/// <param name="Trouble">What the cluster suspects.</param>
internal sealed record PodWords(BackendExit? Exit, string? WaitsFor, string? Trouble)
{
    private const string FromDisruption = "DisruptionTarget";
    private const int SignalBase = 128;
    private const int MaxLines = 20;

    /// <summary>No node can take it. How long it may wait is the pool's choice.</summary>
    public string? Unschedulable { get; private init; }

    public bool IsRunning { get; private init; }

    /// <summary>Whether a node was found for it.</summary>
    public static bool IsScheduled(V1Pod pod) => pod.Status?.Conditions?.Any(static c => c is { Type: "PodScheduled", Status: "True" }) == true;

    /// <summary>Reads a pod's status. Field by field as the core/v1 API and the kubelet of Kubernetes 1.32 fill it.</summary>
    public static PodWords Of(V1Pod pod)
    {
        var status = pod.Status ?? new V1PodStatus();
        var container = Container(status);
        if (status.Phase is "Failed" or "Succeeded" || container?.State?.Terminated is not null) return Ended(status, container?.State?.Terminated);
        if (Lost(pod) is { } lost) return new PodWords(new BackendExit(lost), null, null);
        var hopeless = (status.InitContainerStatuses ?? []).Append(container).Select(Hopeless).FirstOrDefault(exit => exit is not null);
        return hopeless is null ? Alive(pod, status, container) : new PodWords(hopeless, null, null);
    }

    /// <summary>One that the cluster has removed altogether, without a word about how it ended.</summary>
    public static BackendExit Deleted(V1Pod pod) =>
        Of(pod).Exit ?? new BackendExit(Disruption(pod.Status) is { } why ? $"was deleted: {why}" : "was deleted from the cluster");

    private static V1ContainerStatus? Container(V1PodStatus status) =>
        status.ContainerStatuses?.FirstOrDefault(c => c.Name == ExecutorPod.Container) ?? status.ContainerStatuses?.FirstOrDefault();

    private static PodWords Alive(V1Pod pod, V1PodStatus status, V1ContainerStatus? container)
    {
        var scheduled = status.Conditions?.FirstOrDefault(c => c.Type == "PodScheduled");
        if (scheduled is { Status: "False", Reason: "Unschedulable" })
            return new PodWords(null, $"waits for a node: {scheduled.Message}", null) { Unschedulable = $"cannot be scheduled: {scheduled.Message}" };
        if (container?.State?.Running is not null)
        {
            var ready = status.Conditions?.FirstOrDefault(c => c.Type == "Ready");

            // The executor has no probe, so this is the node that has not been heard of.
            var trouble = Disruption(status) ?? (ready is { Status: "False" } && container is { Ready: true } ? $"its node {pod.Spec?.NodeName} does not answer the cluster" : null);
            return new PodWords(null, "runs and has not connected", trouble) { IsRunning = true };
        }

        var init = status.InitContainerStatuses?.FirstOrDefault(c => c.State?.Terminated is not { ExitCode: 0 });
        var waits = init?.State?.Waiting is { } first ? $"waits for its init container {init.Name}: {first.Reason}"
            : init is not null ? $"waits for its init container {init.Name}"
            : container?.State?.Waiting is { } waiting ? $"waits for its container: {Words(waiting.Reason, waiting.Message)} (image {container.Image})"
            : scheduled is { Status: "True" } ? $"waits for node {pod.Spec?.NodeName}" : "waits for a node";
        return new PodWords(null, waits, Disruption(status));
    }

    private static PodWords Ended(V1PodStatus status, V1ContainerStateTerminated? end)
    {
        var why = Disruption(status) ?? (status.Reason is { } reason ? Words(reason, status.Message) : null);
        var how = end is null ? NotBegun(status) : How(end);
        var words = (why, how) switch
        {
            ({ } w, { } h) => $"{w} ({h})",
            ({ } w, null) => w,
            (null, { } h) => h,
            _ => $"ended ({status.Phase})",
        };
        return new PodWords(new BackendExit(words, Permanent: end is { Reason: "StartError" or "ContainerCannotRun" }), null, null);
    }

    private static string How(V1ContainerStateTerminated end) => end switch
    {
        { Reason: "OOMKilled" } => "out of memory (OOMKilled)",
        { Reason: "StartError" or "ContainerCannotRun" } => $"could not be started: {end.Message}",

        // The exit code is one that the kubelet made up.
        { Reason: "ContainerStatusUnknown" } => $"ended unseen: {end.Message}",
        { Signal: > 0 and var signal } => ExitReason.Describe(SignalBase + signal, false, LastLines(end.Message)),
        _ => ExitReason.Describe(end.ExitCode, false, LastLines(end.Message)),
    };

    private static string? NotBegun(V1PodStatus status) =>
        status.InitContainerStatuses?.FirstOrDefault(c => c.State?.Terminated is { ExitCode: not 0 }) is { } init
            ? $"could not begin: its init container {init.Name} {How(init.State.Terminated)}"
            : null;

    private static string[] LastLines(string? message)
    {
        var lines = message?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        if (lines.Length <= MaxLines) return lines;

        // What the runtime says of a crash stands before the frames.
        return Array.FindLast(lines[..^MaxLines], ExecutorOutput.IsCrash) is { } crash ? [crash, .. lines[^MaxLines..]] : lines[^MaxLines..];
    }

    private static string? Lost(V1Pod pod)
    {
        if (pod.Status?.Reason == "NodeLost") return $"was lost with its node: {pod.Status.Message}";

        // The cluster has given the node up and removes what was on it; the node itself will never say so.
        var disruption = pod.Status?.Conditions?.FirstOrDefault(c => c is { Type: FromDisruption, Status: "True" });
        return pod.Metadata?.DeletionTimestamp is not null && disruption?.Reason is "DeletionByTaintManager" or "DeletionByPodGC"
            ? $"was lost with its node {pod.Spec?.NodeName}: {disruption!.Message}"
            : null;
    }

    private static string? Disruption(V1PodStatus? status) =>
        status?.Conditions?.FirstOrDefault(c => c is { Type: FromDisruption, Status: "True" }) is { } target
            ? status.Reason is { } reason ? Words(reason, status.Message ?? target.Message) : Words(target.Reason, target.Message)
            : null;

    /// <summary>What waits for something that will not come by itself, or not soon.</summary>
    private static BackendExit? Hopeless(V1ContainerStatus? container) =>
        container?.State?.Waiting is { Reason: { } reason } waiting ? Hopeless(reason, waiting.Message, container.Image) : null;

    private static BackendExit? Hopeless(string reason, string? message, string? image) => reason switch
    {
        "InvalidImageName" or "ErrImageNeverPull" or "ImageInspectError" or "SignatureValidationFailed" => new BackendExit($"has no image {image}: {Words(reason, message)}", Permanent: true),
        "ErrImagePull" or "ImagePullBackOff" or "RegistryUnavailable" => new BackendExit($"has no image {image}: {Words(reason, message)}", IsFinal(message)),

        // The kubelet has not heard of a secret or config map in time, and asks again.
        "CreateContainerConfigError" when message?.Contains("timed out waiting", StringComparison.Ordinal) == true => null,
        "CreateContainerConfigError" => new BackendExit($"is not possible: {Words(reason, message)}", Permanent: true),
        "CreateContainerError" or "RunContainerError" or "PostStartHookError" => new BackendExit($"could not be started: {Words(reason, message)}"),
        "CrashLoopBackOff" => new BackendExit($"ended at once: {Words(reason, message)}"),
        _ => null,
    };

    // What registries and containerd write where another try brings nothing else. A registry that does not answer may.
    private static bool IsFinal(string? message) =>
        message is not null && s_final.Any(words => message.Contains(words, StringComparison.OrdinalIgnoreCase));

    private static readonly string[] s_final =
        ["not found", "manifest unknown", "does not exist", "access denied", "unauthorized", "authorization failed", "403 Forbidden", "no match for platform", "repository name not known"];

    private static string Words(string? reason, string? message) =>
        string.IsNullOrWhiteSpace(message) ? reason ?? "no reason was given" : string.Create(CultureInfo.InvariantCulture, $"{reason}: {message.Trim()}");
}
