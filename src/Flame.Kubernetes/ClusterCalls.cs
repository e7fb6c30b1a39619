using System.Net;
using Flame.Backends;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Polly;
using Polly.Retry;

namespace Flame.Kubernetes;

/// <summary>
/// The calls that a backend makes. What may pass (429 with its <c>Retry-After</c>, 5xx, a broken connection) is tried again for
/// as long as the caller has time; what the API server refuses is said in its own words.
/// </summary>
internal sealed class ClusterCalls
{
    // By name: sent again because an answer was lost, it takes no gate of somebody else's away.
    private const string GateAway = $$$"""{"spec":{"schedulingGates":[{"$patch":"delete","name":"{{{ExecutorPod.Gate}}}"}]}}""";

    private readonly IKubernetes _client;
    private readonly string _namespace;
    private readonly ResiliencePipeline _retry;

    public ClusterCalls(IKubernetes client, string @namespace, TimeProvider time)
    {
        (_client, _namespace) = (client, @namespace);
        _retry = new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = static args => ValueTask.FromResult(MayPass(args.Outcome.Exception)),
            MaxRetryAttempts = int.MaxValue,
            Delay = TimeSpan.FromMilliseconds(100),
            MaxDelay = TimeSpan.FromSeconds(5),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            DelayGenerator = static args => ValueTask.FromResult(RetryAfter(args.Outcome.Exception)),
        }).Build();
    }

    /// <summary>Creates the pod. Whether a first answer was lost does not matter: the name is this boot's alone.</summary>
    public async Task<V1Pod> CreateAsync(V1Pod pod, CancellationToken ct)
    {
        try
        {
            return await TryAsync((c, t) => c.CoreV1.CreateNamespacedPodAsync(pod, _namespace, cancellationToken: t), $"pod {pod.Metadata.Name} could not be created", ct).ConfigureAwait(false);
        }
        catch (BackendException e) when (e.InnerException is HttpOperationException { Response.StatusCode: HttpStatusCode.Conflict })
        {
            return await TryAsync((c, t) => c.CoreV1.ReadNamespacedPodAsync(pod.Metadata.Name, _namespace, cancellationToken: t), $"pod {pod.Metadata.Name} could not be read", ct).ConfigureAwait(false);
        }
    }

    public async Task CreateAsync(V1Secret secret, CancellationToken ct)
    {
        try
        {
            await TryAsync((c, t) => c.CoreV1.CreateNamespacedSecretAsync(secret, _namespace, cancellationToken: t), $"secret {secret.Metadata.Name} could not be created", ct).ConfigureAwait(false);
        }
        catch (BackendException e) when (e.InnerException is HttpOperationException { Response.StatusCode: HttpStatusCode.Conflict })
        {
            // The answer to an earlier try was lost.
        }
    }

    /// <summary>Lets the pod be scheduled.</summary>
    public Task OpenGateAsync(string pod, CancellationToken ct) =>
        TryAsync((c, t) => c.CoreV1.PatchNamespacedPodAsync(new V1Patch(GateAway, V1Patch.PatchType.StrategicMergePatch), pod, _namespace, cancellationToken: t), $"pod {pod} could not be let go", ct);

    /// <summary>Whether the API server would take the pod: its own checks, and every admission rule of the cluster.</summary>
    public Task CheckAsync(V1Pod pod, CancellationToken ct) =>
        TryAsync((c, t) => c.CoreV1.CreateNamespacedPodAsync(pod, _namespace, dryRun: "All", cancellationToken: t), "the cluster refuses the pod", ct);

    public Task<V1Pod?> FindPodAsync(string name, CancellationToken ct) =>
        FoundAsync((c, t) => c.CoreV1.ReadNamespacedPodAsync(name, _namespace, cancellationToken: t), $"pod {name} could not be read", ct);

    public Task<V1PodList> ListPodsAsync(string selector, CancellationToken ct) =>
        TryAsync((c, t) => c.CoreV1.ListNamespacedPodAsync(_namespace, labelSelector: selector, cancellationToken: t), "pods could not be listed", ct);

    /// <summary>Removes a pod.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> DeletePodAsync(string name, long graceSeconds, CancellationToken ct) => await
        FoundAsync((c, t) => c.CoreV1.DeleteNamespacedPodAsync(name, _namespace, gracePeriodSeconds: (int)graceSeconds, propagationPolicy: "Background", cancellationToken: t), $"pod {name} could not be deleted", ct).ConfigureAwait(false) is not null;

    public Task<V1Lease> CreateAsync(V1Lease lease, CancellationToken ct) =>
        TryAsync((c, t) => c.CoordinationV1.CreateNamespacedLeaseAsync(lease, _namespace, cancellationToken: t), $"lease {lease.Metadata.Name} could not be created", ct);

    public Task<V1LeaseList> ListLeasesAsync(string selector, CancellationToken ct) =>
        TryAsync((c, t) => c.CoordinationV1.ListNamespacedLeaseAsync(_namespace, labelSelector: selector, cancellationToken: t), "leases could not be listed", ct);

    public Task RenewAsync(string lease, DateTime now, CancellationToken ct)
    {
        var patch = new V1Patch(FormattableString.Invariant($$$"""{"spec":{"renewTime":"{{{now:yyyy-MM-dd'T'HH:mm:ss.ffffff}}}Z"}}"""), V1Patch.PatchType.MergePatch);
        return TryAsync((c, t) => c.CoordinationV1.PatchNamespacedLeaseAsync(patch, lease, _namespace, cancellationToken: t), $"lease {lease} could not be renewed", ct);
    }

    public Task DeleteLeaseAsync(string name, CancellationToken ct) =>
        FoundAsync((c, t) => c.CoordinationV1.DeleteNamespacedLeaseAsync(name, _namespace, propagationPolicy: "Background", cancellationToken: t), $"lease {name} could not be deleted", ct);

    public Task<V1SelfSubjectAccessReview> ReviewAsync(V1SelfSubjectAccessReview review, CancellationToken ct) =>
        TryAsync((c, t) => c.AuthorizationV1.CreateSelfSubjectAccessReviewAsync(review, cancellationToken: t), "rights could not be asked for", ct);

    /// <summary>The API server's words, or those of the connection.</summary>
    public static string Words(Exception exception) => exception switch
    {
        HttpOperationException { Response: { } response } e => Status(response.Content) is { } status ? status : $"{(int)response.StatusCode} {e.Message}",
        _ => exception.GetBaseException().Message,
    };

    private async Task<T> TryAsync<T>(Func<IKubernetes, CancellationToken, Task<T>> call, string failed, CancellationToken ct)
    {
        Exception? last = null;
        try
        {
            return await _retry.ExecuteAsync(
                async t =>
                {
                    try
                    {
                        return await call(_client, t).ConfigureAwait(false);
                    }
                    catch (Exception e)
                    {
                        if (!t.IsCancellationRequested) last = e;
                        throw;
                    }
                },
                ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested && last is not null)
        {
            throw new BackendException($"{failed}: {Words(last)}", permanent: false, last);
        }
        catch (Exception e) when (e is HttpOperationException or HttpRequestException or IOException)
        {
            throw new BackendException($"{failed}: {Words(e)}", IsFinal(e), e);
        }
    }

    private async Task<T?> FoundAsync<T>(Func<IKubernetes, CancellationToken, Task<T>> call, string failed, CancellationToken ct) where T : class
    {
        try
        {
            return await TryAsync(call, failed, ct).ConfigureAwait(false);
        }
        catch (BackendException e) when (e.InnerException is HttpOperationException { Response.StatusCode: HttpStatusCode.NotFound })
        {
            return null;
        }
    }

    private static bool MayPass(Exception? exception) => exception switch
    {
        HttpOperationException { Response: { StatusCode: HttpStatusCode.Conflict } response } => IsOvertaken(response),
        HttpOperationException { Response: { } response } => response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError,

        // A timeout of the HTTP client, not of the caller.
        TaskCanceledException { InnerException: TimeoutException } => true,
        HttpRequestException or IOException => true,
        _ => false,
    };

    // Somebody wrote the same object, or a quota's count, at the same moment. That a name is taken is another conflict.
    private static bool IsOvertaken(HttpResponseMessageWrapper response) => StatusOf(response.Content)?.Reason == "Conflict";

    // Space under a quota comes back; a right, a name or a rule does not change by itself.
    private static bool IsFinal(Exception exception) => exception is HttpOperationException { Response: { } response }
        && response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.UnprocessableEntity
        && !Words(exception).Contains("exceeded quota", StringComparison.Ordinal);

    private static TimeSpan? RetryAfter(Exception? exception) =>
        exception is HttpOperationException { Response.Headers: { } headers } && headers.TryGetValue("Retry-After", out var values)
            && int.TryParse(values.FirstOrDefault(), out var seconds) && seconds is >= 0 and <= 300
            ? TimeSpan.FromSeconds(seconds)
            : null;

    private static string? Status(string? content) => StatusOf(content) is { Message: { Length: > 0 } message } ? message : null;

    private static V1Status? StatusOf(string? content)
    {
        if (string.IsNullOrWhiteSpace(content)) return null;
        try
        {
            return KubernetesJson.Deserialize<V1Status>(content);
        }
        catch (System.Text.Json.JsonException)
        {
            // A proxy in between says what it likes; its page is no message.
            return null;
        }
    }
}
