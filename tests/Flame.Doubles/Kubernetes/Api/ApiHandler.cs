using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Flame.Doubles.Kubernetes;

/// <summary>What every request goes through: who asks, what goes wrong today, whether it is allowed, what it does, and the answer.</summary>
internal sealed class ApiHandler(KubernetesDouble cluster)
{
    private readonly ObjectReads _reads = new(cluster);
    private readonly ObjectWrites _writes = new(cluster);
    private readonly PodLog _log = new(cluster);
    private readonly PodExec _exec = new(cluster);
    private readonly PortForward _ports = new(cluster);

    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            if (ApiRequest.Parse(http) is not { } request)
            {
                await DiscoverAsync(http).ConfigureAwait(false);
                return;
            }

            request.User = UserOf(http) ?? throw ApiError.Unauthorized();
            cluster.Saw(request);
            var fault = cluster.Faults.Take(request);
            if (!await MayGoOnAsync(http, fault).ConfigureAwait(false)) return;
            Authorize(request);
            var answer = await DispatchAsync(request).ConfigureAwait(false);
            if (fault?.LosesAnswer == true) http.Abort();
            else if (answer is { } given) await WriteAsync(http, given.Code, given.Body).ConfigureAwait(false);
        }
        catch (ApiError error) when (!http.Response.HasStarted)
        {
            if (error.RetryAfter is { } seconds) http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await WriteAsync(http, error.Code, error.ToStatus()).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
    }

    public static async Task WriteAsync(HttpContext http, int code, JsonNode body)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(body.Compact(), http.RequestAborted).ConfigureAwait(false);
    }

    private async Task DiscoverAsync(HttpContext http)
    {
        if (Discovery.Answer(http.Request.Path.Value!.TrimEnd('/'), cluster) is not { } body) throw ApiError.NoSuchPath();
        if (body is JsonValue text) await http.Response.WriteAsync(text.ToString(), http.RequestAborted).ConfigureAwait(false);
        else await WriteAsync(http, 200, body).ConfigureAwait(false);
    }

    private string? UserOf(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.Ordinal) ? cluster.Accounts.UserOf(header["Bearer ".Length..]) : header.Length == 0 ? "system:anonymous" : null;
    }

    private static async Task<bool> MayGoOnAsync(HttpContext http, ApiFault? fault)
    {
        if (fault is null) return true;
        if (fault.Held is { } held) await held.WaitAsync(http.RequestAborted).ConfigureAwait(false);
        if (fault.Delay > TimeSpan.Zero) await Task.Delay(fault.Delay, http.RequestAborted).ConfigureAwait(false);
        if (fault.Error is { } error) throw error();
        if (fault.Throttled is not { } seconds) return true;

        // Not a Status: so says the filter in front of the real one.
        http.Response.StatusCode = 429;
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync("Too many requests, please try again later.\n", http.RequestAborted).ConfigureAwait(false);
        return false;
    }

    private void Authorize(ApiRequest request)
    {
        if (cluster.Allows(request.User, request.Kind.Group, request.Resource, request.Verb, request.Namespace)) return;
        var where = request.Namespace.Length > 0 ? $" in the namespace \"{request.Namespace}\"" : " at the cluster scope";
        throw ApiError.Forbidden(request.Kind, request.Name, $"User \"{request.User}\" cannot {request.Verb} resource \"{request.Resource}\" in API group \"{request.Kind.Group}\"{where}");
    }

    private async Task<(int Code, JsonNode Body)?> DispatchAsync(ApiRequest request)
    {
        if (request.Kind == ResourceKind.AccessReviews) return request.Verb == "create" ? (201, await AccessReview.AnswerAsync(cluster, request).ConfigureAwait(false)) : throw ApiError.MethodNotAllowed();
        switch (request.Subresource)
        {
            case "" or "status" when request.Subresource.Length == 0 || request.Kind.HasStatus: break;
            case "log" when request.Kind == ResourceKind.Pods && request.Verb == "get":
                await _log.SendAsync(request).ConfigureAwait(false);
                return null;
            case "exec" when request.Kind == ResourceKind.Pods:
                await _exec.ServeAsync(request).ConfigureAwait(false);
                return null;
            case "portforward" when request.Kind == ResourceKind.Pods:
                await _ports.ServeAsync(request).ConfigureAwait(false);
                return null;
            case "eviction" when request.Kind == ResourceKind.Pods && request.Verb == "create": return (201, await _writes.EvictAsync(request).ConfigureAwait(false));
            default: throw ApiError.NoSuchPath();
        }

        switch (request.Verb)
        {
            case "get": return (200, _reads.Get(request));
            case "list": return (200, _reads.List(request));
            case "watch":
                await cluster.Watches.ServeAsync(request).ConfigureAwait(false);
                return null;
            case "create" when request.Name.Length == 0: return (201, await _writes.CreateAsync(request).ConfigureAwait(false));
            case "update" when request.Name.Length > 0: return (200, await _writes.UpdateAsync(request).ConfigureAwait(false));
            case "patch" when request.Name.Length > 0: return (200, await _writes.PatchAsync(request).ConfigureAwait(false));
            case "delete": return (200, await _writes.DeleteAsync(request).ConfigureAwait(false));
            case "deletecollection": return (200, await _writes.DeleteAllAsync(request).ConfigureAwait(false));
            default: throw ApiError.MethodNotAllowed();
        }
    }
}
